using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Lepton.Cuda.Nvml;

/// <summary>Process lists as drivers write them: entries of 24 bytes, or of 32 by some drivers through the very same call.</summary>
/// <remarks>
/// <b>Input</b>: a buffer with 32 bytes for each entry, filled with <see cref="Untouched"/> before the call, and the count that the driver returned.
/// <b>Output</b>: the entries. How far the driver wrote tells their size; guessing it from the name of the call was wrong on real drivers.
/// </remarks>
internal static class ProcessEntries
{
    public const byte Untouched = 0xAA;
    public const int Widest = 32;
    private const int Narrow = 24;

    public static int Stride(ReadOnlySpan<byte> buffer, int count) => buffer.LastIndexOfAnyExcept(Untouched) + 1 > count * Narrow ? Widest : Narrow;

    public static ImmutableArray<DeviceProcess> Read(ReadOnlySpan<byte> buffer, int count, bool throughMps)
    {
        var stride = Stride(buffer, count);
        var list = ImmutableArray.CreateBuilder<DeviceProcess>(count);
        for (var i = 0; i < count; i++)
        {
            var entry = buffer.Slice(i * stride, Narrow);
            var used = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
            list.Add(new DeviceProcess(
                BinaryPrimitives.ReadInt32LittleEndian(entry),
                used == ulong.MaxValue ? null : (long)used,
                Instance(BinaryPrimitives.ReadUInt32LittleEndian(entry[16..])),
                Instance(BinaryPrimitives.ReadUInt32LittleEndian(entry[20..])),
                throughMps,
                Emulated: false));
        }
        return list.MoveToImmutable();
    }

    /// <summary>All ones mean no instance: the whole device.</summary>
    public static uint? Instance(uint id) => id == uint.MaxValue ? null : id;
}
