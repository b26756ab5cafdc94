namespace Lepton.Scheduling.Placement.Devices;

/// <summary>What one task asks of a node: all tasks that ask the same are one class.</summary>
/// <param name="GpuMilli">Thousandths of each of its GPUs; less than <see cref="NodePool.WholeGpu"/> only with one GPU.</param>
/// <param name="Models">Bit m set: GPU model m will do. 0: any.</param>
public sealed record RequestClass(int CpuMilli, int MemoryMib, int Gpus, int GpuMilli, ulong Models = 0)
{
    /// <summary>A part of one GPU, which others may share.</summary>
    public bool IsShare => Gpus == 1 && GpuMilli < NodePool.WholeGpu;

    public int TotalGpuMilli => Gpus * GpuMilli;

    public bool Accepts(int model) => Gpus == 0 || Models == 0 || (Models >> model & 1) != 0;

    /// <summary>What is wrong with it, or null.</summary>
    public string? Fault() => this switch
    {
        { CpuMilli: < 0 } or { MemoryMib: < 0 } => $"a request of {CpuMilli} milli-CPU and {MemoryMib} MiB; both must be 0 or more",
        { Gpus: < 0 or > NodePool.MostGpus } => $"a request of {Gpus} GPUs; one node has at most {NodePool.MostGpus}. Maybe split it into a gang",
        { Gpus: 0, GpuMilli: not 0 } => $"a request of {GpuMilli} milli-GPU on 0 GPUs",
        { Gpus: > 0, GpuMilli: < 1 or > NodePool.WholeGpu } => $"a request of {GpuMilli} milli-GPU per GPU; 1 to {NodePool.WholeGpu} is possible",
        { Gpus: > 1, GpuMilli: not NodePool.WholeGpu } => $"a request of {GpuMilli} milli-GPU on each of {Gpus} GPUs; a share is of one GPU",
        _ => null,
    };
}
