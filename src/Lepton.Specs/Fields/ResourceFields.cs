namespace Lepton.Specs;

/// <summary>The table of <c>resources</c>.</summary>
internal static class ResourceFields
{
    private static readonly EnumShape<IsolationAsk> Isolation = new(
        ("visibility", IsolationAsk.Visibility), ("memoryWatch", IsolationAsk.MemoryWatch), ("mig", IsolationAsk.Mig),
        ("mps", IsolationAsk.Mps), ("cgroup", IsolationAsk.Cgroup), ("container", IsolationAsk.Container));

    public static readonly ObjectShape<ResourcesDocument> Shape = new ObjectShape<ResourcesDocument>(() => new())
        .Field("accelerators", new AcceleratorsShape(), d => d.Accelerators, (d, v) => d with { Accelerators = v },
            "Devices by model and number: H100:8, {H100: 8}, H100:4..8, any_of or ordered with a list of these. GPU, TPU and FPGA stand for any model.")
        .Field("gpuMemory", Rules.Memory, d => d.GpuMemoryBytes, (d, v) => d with { GpuMemoryBytes = v },
            "Memory of each device, at least; with a fraction: the memory the task is given.")
        .Field("fraction", new DecimalShape("a share of one GPU", 0.001m, 1),
            d => d.Fraction, (d, v) => d with { Fraction = v }, "Share of one device, in thousandths; it comes with the same part of the memory unless gpuMemory says otherwise.")
        .Field("mig", Rules.MigProfile, d => d.Mig, (d, v) => d with { Mig = v }, "MIG profile: the accelerators are instances of it.")
        .Field("cpus", Rules.Cpus, d => d.MilliCpu, (d, v) => d with { MilliCpu = v },
            "Cores, at least: 0.5, 32, 32+ or 500m. Default 1. That much is set aside for the task.")
        .Field("memory", Rules.Memory, d => d.MemoryBytes, (d, v) => d with { MemoryBytes = v },
            "Memory, at least: 512MiB, 40GiB or 400Gi+. Default 512MiB. That much is set aside for the task.")
        .Field("computeCapability", Rules.Capability, d => d.ComputeCapability, (d, v) => d with { ComputeCapability = v },
            "CUDA compute capability, at least: >=9.0.")
        .Field("interconnect", new EnumShape<Interconnect>(("any", Interconnect.Any), ("pcie", Interconnect.Pcie), ("nvlink", Interconnect.Nvlink)),
            d => d.Interconnect, (d, v) => d with { Interconnect = v }, "How the devices of the task are linked: nvlink asks for one island, linked all to all.")
        .Field("isolation", new ListShape<IsolationAsk>(Isolation, 1, 6, "ways to keep tasks apart") { Unique = true }, d => d.Isolation, (d, v) => d with { Isolation = v },
            "What the node must enforce, all of it: visibility, memoryWatch, mig, mps, cgroup, container. A task with run.image asks for container by itself.");
}
