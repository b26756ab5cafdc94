namespace Lepton.Contracts;

/// <summary>How a region's store file is told from others without opening it: two numbers in the header that every SQLite file has.</summary>
public static class StoreFormat
{
    /// <summary>"LPTN": a store of ours.</summary>
    public const int ApplicationId = 0x4C50544E;

    /// <summary>The schema that this version writes; a file with a higher one is refused.</summary>
    public const int Schema = 2;

    /// <summary>Bytes of the header of an SQLite file.</summary>
    public const int HeaderBytes = 100;

    private const int SchemaOffset = 60;
    private const int ApplicationIdOffset = 68;

    /// <summary>Application id and schema out of the header; null when the file is no SQLite file.</summary>
    public static (int ApplicationId, int Schema)? Read(ReadOnlySpan<byte> header) =>
        header.Length >= HeaderBytes && header.StartsWith("SQLite format 3\0"u8)
            ? (System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(header[ApplicationIdOffset..]),
                System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(header[SchemaOffset..]))
            : null;
}
