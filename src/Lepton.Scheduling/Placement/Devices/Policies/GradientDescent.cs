namespace Lepton.Scheduling.Placement.Devices.Policies;

/// <summary>FGD: the node, and the GPU on it, where expected fragmentation falls most.</summary>
/// <remarks>
/// score = floor(100 * sigmoid((fragmentation before - after) / 1000)), over the shapes that cover 95 % of the mix. Among GPUs of one
/// node with the same score the first. <b>Source</b> Weng et al., "Beware of Fragmentation", ATC 2023.
/// </remarks>
internal sealed class GradientDescent : IDevicePolicy
{
    public const double Covered = 0.95;

    private readonly NodePool _nodes;
    private readonly FragmentationBooks _books;

    public GradientDescent(NodePool nodes, RequestMix mix, bool check = false)
    {
        _nodes = nodes;
        _books = new FragmentationBooks(nodes, new Fragmentation(mix.Covering(Covered), cpuWeight: 0, modelWeight: 1, cpuOnlyLosesAll: true, check));
    }

    public bool IsSteady => true;

    public double Cost(int node, RequestClass request, out int device)
    {
        device = -1;
        if (!request.IsShare) return -Score(_books.GrowthByWhole(node, request));
        var free = _nodes.GpusFree(node);
        var best = double.NegativeInfinity;
        for (var g = 0; g < free.Length; g++)
        {
            if (free[g] < request.GpuMilli || free[..g].Contains(free[g])) continue;
            var score = Score(_books.GrowthByShare(node, request, g));
            if (score > best) (best, device) = (score, g);
        }

        return -best;
    }

    public void Changed(int node) => _books.Changed(node);

    private static double Score(double growth) => Math.Floor(100 / (1 + Math.Exp(growth / NodePool.WholeGpu)));
}
