namespace Lepton.Cuda.Emulated;

/// <summary>One device to emulate, as configured.</summary>
public sealed record EmulatedDevice(string Uuid, string Name, long MemoryBytes)
{
    /// <summary>How the UUID of every emulated device begins.</summary>
    public const string Prefix = "EMU-";

    /// <summary>Memory that the emulated driver keeps for itself.</summary>
    public long ReservedBytes { get; init; }

    public Version? ComputeCapability { get; init; }

    /// <summary>Devices of one island are linked as if by NVLink; null: linked with nobody.</summary>
    public int? Island { get; init; }
}
