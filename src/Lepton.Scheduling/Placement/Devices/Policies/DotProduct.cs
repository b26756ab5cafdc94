namespace Lepton.Scheduling.Placement.Devices.Policies;

/// <summary>The node whose free vector agrees least with the request: large free amounts are kept for requests that ask for them.</summary>
/// <remarks>
/// score = floor(100 * (1 - (cpu_free * cpu + gpu_free * gpu) / 2)), each by the largest node: 128 cores, 8 GPUs.
/// <b>Source</b> Grandl et al., "Multi-resource packing for cluster schedulers", SIGCOMM 2014, in the form of the openb experiments.
/// </remarks>
internal sealed class DotProduct(NodePool nodes) : IDevicePolicy
{
    public bool IsSteady => true;

    public double Cost(int node, RequestClass request, out int device)
    {
        device = GpuChoice.BestFit(nodes.GpusFree(node), request);
        var cpu = nodes.CpuFree(node) / Largest.CpuMilli * (request.CpuMilli / Largest.CpuMilli);
        var gpu = nodes.GpuFree(node) / Largest.GpuMilli * (request.TotalGpuMilli / Largest.GpuMilli);
        return -Math.Truncate(100 * (1 - ((cpu + gpu) / 2)));
    }

    public void Changed(int node)
    {
    }
}
