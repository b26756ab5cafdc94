namespace Lepton.Client.Wire;

/// <summary>CPU in thousandths of a core, memory in bytes.</summary>
public sealed record ResourceAmount
{
    public required long MilliCpu { get; init; }

    public required long MemoryBytes { get; init; }
}

/// <summary>What one task asks of a node.</summary>
public sealed record TaskDemand
{
    public required long MilliCpu { get; init; }

    public required long MemoryBytes { get; init; }

    /// <summary>Devices asked; 0 = CPU only.</summary>
    public required int Devices { get; init; }

    /// <summary>Kind of the devices: Cpu, Gpu, Tpu, Fpga.</summary>
    public required string Kind { get; init; }

    public string? Model { get; init; }
}
