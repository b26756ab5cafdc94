using Lepton.Model;
using Orleans.Serialization;

namespace Lepton.Hosting;

/// <summary>
/// Stored bytes of a <see cref="StoredMachine"/>: one byte that names the format, then the payload. Format 1 is the Orleans serializer,
/// whose fields and types are known by number and alias, so that older bytes stay readable while members are only added.
/// </summary>
public sealed class StoredMachineCodec(Serializer serializer)
{
    /// <summary>The format that is written.</summary>
    public const byte Format = 1;

    public byte[] Encode(StoredMachine value)
    {
        using var stream = new MemoryStream(1024);
        stream.WriteByte(Format);
        serializer.Serialize(value, stream);
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">Not bytes of a format that this version reads.</exception>
    public StoredMachine Decode(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty) throw new InvalidDataException("The stored value is empty.");
        var format = bytes.Span[0];
        if (format != Format)
        {
            throw new InvalidDataException(
                $"The stored value has format {format}; this version reads format {Format}. Maybe it was written by a newer version: upgrade this silo.");
        }

        try
        {
            return serializer.Deserialize<StoredMachine>(bytes[1..])
                ?? throw new InvalidDataException("The stored value holds nothing.");
        }
        catch (Exception e) when (e is not InvalidDataException)
        {
            throw new InvalidDataException($"The stored value cannot be read: {e.Message}", e);
        }
    }
}
