namespace Lepton.Specs;

/// <summary>What a task asks of a node.</summary>
public sealed record ResourcesDocument
{
    public AcceleratorsDocument? Accelerators { get; init; }

    /// <summary>Bytes per GPU, at least.</summary>
    public long? GpuMemoryBytes { get; init; }

    /// <summary>Share of one GPU, above 0 up to 1.</summary>
    public decimal? Fraction { get; init; }

    /// <summary>A MIG profile such as <c>3g.40gb</c>.</summary>
    public string? Mig { get; init; }

    /// <summary>Thousandths of a core, at least.</summary>
    public long? MilliCpu { get; init; }

    /// <summary>Bytes, at least.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>A comparison such as <c>&gt;=9.0</c>.</summary>
    public string? ComputeCapability { get; init; }

    public Interconnect? Interconnect { get; init; }

    /// <summary>What the node must enforce, all of it.</summary>
    public ValueList<IsolationAsk>? Isolation { get; init; }
}

/// <summary>A way in which a node keeps tasks apart, as <c>resources.isolation</c> names it.</summary>
public enum IsolationAsk
{
    Visibility,
    MemoryWatch,
    Mig,
    Mps,
    Cgroup,
    Container,
}

/// <summary>How the devices of one task are linked.</summary>
public enum Interconnect
{
    Any,
    Pcie,
    Nvlink,
}

/// <summary>Devices asked: one choice, or several of which any one will do.</summary>
public sealed record AcceleratorsDocument
{
    public ValueList<AcceleratorChoice> Choices { get; init; } = [];

    /// <summary>True: the earlier choice is preferred.</summary>
    public bool Ordered { get; init; }
}

/// <summary>From <see cref="Least"/> to <see cref="Most"/> devices of one model.</summary>
public sealed record AcceleratorChoice(string Model, int Least, int Most);
