namespace Lepton.Scheduling.Placement.Devices.Policies;

/// <summary>The node with the least left over, CPU and GPU counted half each.</summary>
/// <remarks>score = floor(100 * (1 - sum over CPU and GPU of (free - asked) / largest / 2)).</remarks>
internal sealed class BestFit(NodePool nodes) : IDevicePolicy
{
    public bool IsSteady => true;

    public double Cost(int node, RequestClass request, out int device)
    {
        device = GpuChoice.BestFit(nodes.GpusFree(node), request);
        var cpu = (nodes.CpuFree(node) - request.CpuMilli) / Largest.CpuMilli;
        var gpu = (nodes.GpuFree(node) - request.TotalGpuMilli) / Largest.GpuMilli;
        return -Math.Truncate(100 * (1 - (0.5 * cpu) - (0.5 * gpu)));
    }

    public void Changed(int node)
    {
    }
}
