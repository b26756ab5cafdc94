using Orleans;

namespace Lepton.Model;

/// <summary>What a node really enforces between the tasks that share it. A node says only what it does.</summary>
[Flags]
[GenerateSerializer, Alias("IsolationAbilities")]
public enum IsolationAbilities
{
    None = 0,

    /// <summary>A task is shown its devices only; by cooperation.</summary>
    Visibility = 1,

    /// <summary>Device memory is watched per process, and whoever takes more than granted is ended: after the fact.</summary>
    MemoryWatch = 2,

    /// <summary>MIG instances: memory and cores by hardware.</summary>
    Mig = 4,

    /// <summary>One MPS daemon per device: share of cores and memory per client.</summary>
    Mps = 8,

    /// <summary>Host memory and CPU by cgroup.</summary>
    Cgroup = 16,

    /// <summary>Containers that see the files of their devices only.</summary>
    Container = 32,
}
