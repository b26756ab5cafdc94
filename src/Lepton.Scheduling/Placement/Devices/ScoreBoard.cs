using System.Numerics;

namespace Lepton.Scheduling.Placement.Devices;

/// <summary>What every node costs for one request class, and the least of each block of nodes and of each block of blocks.</summary>
/// <remarks>
/// <b>Cost</b> set: O(1), or O(block) when the least of a block rises; cheapest: O(nodes / block² + block), by vectors. 4 bytes a node.
/// </remarks>
internal sealed class ScoreBoard
{
    public const float CannotRun = float.PositiveInfinity;
    private const int Block = 64;

    private readonly float[] _cost, _least, _leastOfAll;
    private float _fetched;

    public ScoreBoard(int nodes)
    {
        var blocks = (nodes + Block - 1) / Block;
        var large = (blocks + Block - 1) / Block;
        _cost = new float[blocks * Block];
        _least = new float[large * Block];
        _leastOfAll = new float[(large + Block - 1) / Block * Block];
        Array.Fill(_cost, CannotRun);
        Array.Fill(_least, CannotRun);
        Array.Fill(_leastOfAll, CannotRun);
    }

    /// <summary>Changes of nodes that these costs know; -1: none, all must be asked.</summary>
    public long Seen { get; set; } = -1;

    public float this[int node] => _cost[node];

    /// <summary>Brings the cost of a node into the cache; the sum is there so that the read is not left out.</summary>
    public void Fetch(int node) => _fetched += _cost[node];

    public void Set(int node, float cost)
    {
        var block = node / Block;
        var (before, leastBefore) = (_cost[node], _least[block]);
        _cost[node] = cost;
        var least = cost <= leastBefore ? cost : before == leastBefore ? Least(_cost.AsSpan(block * Block, Block)) : leastBefore;
        if (least == leastBefore) return;
        _least[block] = least;
        ref var leastOfAll = ref _leastOfAll[block / Block];
        if (least <= leastOfAll) leastOfAll = least;
        else if (leastBefore == leastOfAll) leastOfAll = Least(_least.AsSpan(block / Block * Block, Block));
    }

    /// <summary>The cheapest node, the lowest number among equals; -1 when none can run it.</summary>
    public int Cheapest()
    {
        var least = Least(_leastOfAll);
        if (least == CannotRun) return -1;
        var large = _leastOfAll.AsSpan().IndexOf(least) * Block;
        var block = (large + _least.AsSpan(large, Block).IndexOf(least)) * Block;
        return block + _cost.AsSpan(block, Block).IndexOf(least);
    }

    private static float Least(ReadOnlySpan<float> costs)
    {
        var least = new Vector<float>(costs);
        for (var i = Vector<float>.Count; i < costs.Length; i += Vector<float>.Count) least = Vector.Min(least, new Vector<float>(costs[i..]));
        var result = least[0];
        for (var i = 1; i < Vector<float>.Count; i++) result = MathF.Min(result, least[i]);
        return result;
    }
}
