using Lepton.Scheduling.Placement.Devices.Pricing;

namespace Lepton.Scheduling.Placement.Devices.Policies;

/// <summary>Ours, the default: the place where the least GPU is lost to what is expected to come.</summary>
/// <remarks>
/// <para>cost = growth of fragmentation + <see cref="PriceWeight"/> * 1000 * (worth(f) - worth(f - s) - price(s)), the second term for a share s on a GPU
/// with f free. Against FGD:</para>
/// <para>1. Fragmentation counts also the GPU that would stay behind when the node runs out of CPU (weight <see cref="CpuWeight"/>), over the whole mix.</para>
/// <para>2. A share pays for the pairing it spoils: <see cref="SharePrices"/> knows which shares fill one GPU together when the mix is packed best,
/// so 650 goes beside 320 and 470 beside 470, and a rest of 190 is worth nothing, because more of them are left over than anybody asks.</para>
/// <para>3. A GPU of a model that few tasks accept costs less, so that the sought models stay free (weight <see cref="ModelWeight"/>).</para>
/// <para>4. Scores are not rounded, so that nodes rarely tie.</para>
/// <para>
/// <b>Uses</b> the histogram of the mix, as FGD does, and what is free now; nothing of the order or time of what comes. <b>Cost</b> one
/// <see cref="Fragmentation"/>, or one bound of it, for each distinct amount free on the node's GPUs. <b>Limits</b> the weights were chosen by the openb lists.
/// </para>
/// </remarks>
internal sealed class LeastLoss : IDevicePolicy
{
    public const double CpuWeight = 0.3;
    public const double ModelWeight = 20;
    public const double PriceWeight = 10;

    private readonly NodePool _nodes;
    private readonly FragmentationBooks _books;
    private readonly SharePrices _prices;

    public LeastLoss(NodePool nodes, RequestMix mix, bool check = false)
    {
        _nodes = nodes;
        _books = new FragmentationBooks(nodes, new Fragmentation(mix, CpuWeight, ModelWeight, cpuOnlyLosesAll: false, check));
        _prices = SharePrices.Of(mix);
    }

    public bool IsSteady => true;

    public double Cost(int node, RequestClass request, out int device)
    {
        device = -1;
        if (!request.IsShare) return _books.GrowthByWhole(node, request);
        var free = _nodes.GpusFree(node);
        var least = double.PositiveInfinity;
        for (var g = 0; g < free.Length; g++)
        {
            if (free[g] < request.GpuMilli || free[..g].Contains(free[g])) continue;
            var cost = _books.GrowthByShare(node, request, g) + Spoiled(free[g], request.GpuMilli);
            if (cost < least) (least, device) = (cost, g);
        }

        return least;
    }

    public double AtLeast(int node, RequestClass request)
    {
        if (!request.IsShare) return _books.GrowthByWholeAtLeast(node, request);
        var sorted = _nodes.GpusByFree(node);
        var least = double.PositiveInfinity;
        for (var place = sorted.Length - 1; place >= 0 && sorted[place] >= request.GpuMilli; place--)
        {
            if (place + 1 < sorted.Length && sorted[place] == sorted[place + 1]) continue;
            least = Math.Min(least, _books.GrowthByShareAtLeast(node, request, place) + Spoiled(sorted[place], request.GpuMilli));
        }

        return least;
    }

    public void Changed(int node) => _books.Changed(node);

    private double Spoiled(int free, int share) => PriceWeight * NodePool.WholeGpu * (_prices.Worth(free) - _prices.Worth(free - share) - _prices.Price(share));
}
