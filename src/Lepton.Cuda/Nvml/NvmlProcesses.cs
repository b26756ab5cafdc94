using System.Collections.Immutable;

namespace Lepton.Cuda.Nvml;

/// <summary>The processes of one device, those behind an MPS server included.</summary>
internal static unsafe class NvmlProcesses
{
    private const int FirstRoom = 64;
    private const int MostRoom = 1 << 16;

    public static ProbeResult<DeviceProcesses> Read(NvmlDevice device, NvmlAbilities abilities)
    {
        var (code, direct) = Ask(device.Handle, abilities.ProcessesNew ? &NvmlCalls.ProcessesNew : &NvmlCalls.ProcessesOld, throughMps: false);
        if (code == NvmlReturn.FunctionNotFound && abilities is { ProcessesNew: true, ProcessesOld: true })
            (code, direct) = Ask(device.Handle, &NvmlCalls.ProcessesOld, throughMps: false);
        if (code != NvmlReturn.Success) return ProbeError.Of(code, $"processes of {device.Facts.Uuid}");

        // Devices without MPS answer NotSupported: nobody is behind a server then.
        var mps = abilities.MpsProcesses ? Ask(device.Handle, &NvmlCalls.MpsProcesses, throughMps: true).Item2 : [];
        return new DeviceProcesses(device.Facts.Uuid, [.. direct, .. mps], Emulated: false);
    }

    /// <summary>The set grows between two calls: room to spare on each try.</summary>
    private static (NvmlReturn, ImmutableArray<DeviceProcess>) Ask(nint handle, delegate*<nint, uint*, byte*, NvmlReturn> call, bool throughMps)
    {
        for (var room = FirstRoom; room <= MostRoom;)
        {
            var buffer = new byte[room * ProcessEntries.Widest];
            buffer.AsSpan().Fill(ProcessEntries.Untouched);
            var count = (uint)room;
            NvmlReturn code;
            fixed (byte* entries = buffer) code = call(handle, &count, entries);
            if (code == NvmlReturn.Success) return (code, ProcessEntries.Read(buffer, (int)Math.Min(count, (uint)room), throughMps));
            if (code != NvmlReturn.InsufficientSize) return (code, []);
            room = Math.Max(room * 2, (int)Math.Min(count, MostRoom) + FirstRoom);
        }
        return (NvmlReturn.InsufficientSize, []);
    }
}
