namespace Lepton.Scheduling.Placement.Devices.Policies;

/// <summary>A GPU in use, then a free GPU on a node in use, then a node that is empty.</summary>
/// <remarks>
/// score = max(50, 100 - percent free on the GPUs used / 10), max(33, 50 - free GPUs used), max(G, 33 - G) with G GPUs.
/// <b>Source</b> Weng et al., "MLaaS in the wild", NSDI 2022, in the form of the openb experiments.
/// </remarks>
internal sealed class Packing(NodePool nodes) : IDevicePolicy
{
    public bool IsSteady => true;

    public double Cost(int node, RequestClass request, out int device)
    {
        var free = nodes.GpusFree(node);
        device = GpuChoice.BestFit(free, request);
        if (request.Gpus == 0) return 0;
        var whole = nodes.FreeWhole(node);
        if (whole == nodes.Gpus(node)) return -Math.Max(whole, 33 - whole);
        var fresh = request.IsShare ? (free[device] == NodePool.WholeGpu ? 1 : 0) : request.Gpus;
        return fresh > 0 ? -Math.Max(33, 50 - fresh) : -Math.Max(50, 100 - (free[device] / 10 / 10));
    }

    public void Changed(int node)
    {
    }
}
