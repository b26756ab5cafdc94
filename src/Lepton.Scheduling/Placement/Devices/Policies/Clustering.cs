namespace Lepton.Scheduling.Placement.Devices.Policies;

/// <summary>Tasks that ask the same number of GPUs together: nodes that hold only such, then also such, then none at all; fuller first.</summary>
/// <remarks>
/// score = 25 * (8000 - gpu_free) / 8000, rounded down, + 75 / 50 / 25 / 0 by kind of node.
/// <b>Source</b> Xiao et al., "Gandiva", OSDI 2018, in the form of the openb experiments.
/// </remarks>
internal sealed class Clustering(NodePool nodes) : IDevicePolicy
{
    public bool IsSteady => true;

    public double Cost(int node, RequestClass request, out int device)
    {
        device = GpuChoice.BestFit(nodes.GpusFree(node), request);
        if (request.Gpus == 0) return 0;
        var kinds = 0;
        for (var k = 0; k <= NodePool.MostGpus; k++) kinds += nodes.Held(node, k) > 0 ? 1 : 0;
        var same = nodes.Held(node, request.IsShare ? 0 : request.Gpus) > 0;
        var kind = (same, kinds) switch { (true, 1) => 75, (true, _) => 50, (false, 0) => 25, (false, _) => 0 };
        return -(kind + (25 * (8 * NodePool.WholeGpu - nodes.GpuFree(node)) / (8 * NodePool.WholeGpu)));
    }

    public void Changed(int node)
    {
    }
}
