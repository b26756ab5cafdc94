namespace Lepton.Scheduling.Placement.Devices.Policies;

/// <summary>The fragmentation of every node now, and what it would be after a placement.</summary>
internal sealed class FragmentationBooks
{
    /// <summary>More than sums in another order can differ by.</summary>
    private const double Rounding = 1e-6;

    private readonly NodePool _nodes;
    private readonly Fragmentation _fragmentation;
    private readonly double[] _now;

    public FragmentationBooks(NodePool nodes, Fragmentation fragmentation)
    {
        (_nodes, _fragmentation, _now) = (nodes, fragmentation, new double[nodes.Count]);
        for (var n = 0; n < nodes.Count; n++) Changed(n);
    }

    public void Changed(int node) => _now[node] = _fragmentation.Of(_nodes.Model(node), _nodes.CpuFree(node), _nodes.GpusFree(node));

    public double Now(int node) => _now[node];

    /// <summary>How much the node's fragmentation grows by a share on this GPU.</summary>
    public double GrowthByShare(int node, RequestClass request, int device)
    {
        Span<int> after = stackalloc int[NodePool.MostGpus];
        _nodes.GpusFree(node).CopyTo(after);
        after[device] -= request.GpuMilli;
        return Growth(node, request, after);
    }

    /// <summary>How much it grows by whole GPUs (the first free ones), or by CPU only.</summary>
    public double GrowthByWhole(int node, RequestClass request)
    {
        Span<int> after = stackalloc int[NodePool.MostGpus];
        _nodes.GpusFree(node).CopyTo(after);
        for (int g = 0, left = request.Gpus; left > 0; g++)
        {
            if (after[g] < NodePool.WholeGpu) continue;
            after[g] = 0;
            left--;
        }

        return Growth(node, request, after);
    }

    /// <summary>A bound on <see cref="GrowthByShare"/> for the GPU at this place of <see cref="NodePool.GpusByFree"/>.</summary>
    public double GrowthByShareAtLeast(int node, RequestClass request, int place)
    {
        Span<int> after = stackalloc int[NodePool.MostGpus];
        var sorted = _nodes.GpusByFree(node);
        sorted.CopyTo(after);
        var left = after[place] - request.GpuMilli;
        for (; place > 0 && after[place - 1] > left; place--) after[place] = after[place - 1];
        after[place] = left;
        return AtLeast(node, request, after);
    }

    /// <summary>A bound on <see cref="GrowthByWhole"/>.</summary>
    public double GrowthByWholeAtLeast(int node, RequestClass request) => AtLeast(node, request, _nodes.GpusByFree(node)[..^request.Gpus]);

    private double AtLeast(int node, RequestClass request, ReadOnlySpan<int> sorted) =>
        _fragmentation.AtLeast(_nodes.Model(node), _nodes.CpuFree(node) - request.CpuMilli, sorted) - _now[node] - Rounding;

    private double Growth(int node, RequestClass request, ReadOnlySpan<int> after) =>
        _fragmentation.Of(_nodes.Model(node), _nodes.CpuFree(node) - request.CpuMilli, after) - _now[node];
}
