using Lepton.Scheduling.Placement.Filters;
using Lepton.Scheduling.Placement.Granting;

namespace Lepton.Scheduling.Placement;

/// <summary>Chooses a node for a task: filter, score, pick. Ties go to the first name.</summary>
/// <remarks>
/// Input: a shape and the ledger. Output: a node or nothing. Cost: O(nodes × filters) for the first task of a shape; for the tasks of the same
/// shape that follow at once O(filters) while the chosen node takes them, and one sort of the candidates for all nodes after it. No allocation
/// per candidate. Limits: rests on scorers by which a node does not become worse when a task is placed on it, as <see cref="Scorers.BestFit"/>.
/// </remarks>
internal sealed class Placer
{
    private readonly Candidates _candidates = new();
    private TaskShape? _lastShape;
    private NodeEntry? _lastNode;
    private long _lastRevision;
    private long _lastNear;

    public NodeEntry? Pick(TaskShape shape, NodeLedger ledger)
    {
        var node = FollowsAtOnce(shape, ledger) ? PickAgain(shape, ledger) : PickFresh(shape, ledger);
        (_lastShape, _lastNode, _lastRevision, _lastNear) = (shape, node, ledger.Revision, VersionOf(shape));
        return node;
    }

    /// <summary>The first filter that refuses a node; null when none does.</summary>
    public static IFilter? TurnedDownBy(TaskShape shape, NodeEntry node)
    {
        var miss = shape.NeedsDevices ? DeviceFit.Judge(shape, node) : DeviceMiss.None;
        foreach (var filter in PlacementPolicies.PlainFilters)
        {
            if (miss <= DeviceMiss.Interconnect && filter is Ready) return PlacementPolicies.DeviceFilters[(int)miss];
            if (filter.TurnsDown(shape, node)) return filter;
        }

        return miss != DeviceMiss.None ? PlacementPolicies.DeviceFilters[(int)miss] : shape.Neighbours is null ? null : KeptOffBy(shape, node);
    }

    private static IFilter? KeptOffBy(TaskShape shape, NodeEntry node)
    {
        foreach (var filter in PlacementPolicies.NearFilters)
        {
            if (filter.TurnsDown(shape, node)) return filter;
        }

        return null;
    }

    private NodeEntry? PickFresh(TaskShape shape, NodeLedger ledger)
    {
        _candidates.Clear();
        NodeEntry? best = null;
        var bestScore = double.NegativeInfinity;
        foreach (var node in ledger.NodeSpan)
        {
            if (TurnedDownBy(shape, node) is not null || Score(shape, node) is var score && score <= bestScore) continue;
            (best, bestScore) = (node, score);
        }

        return best;
    }

    /// <summary>The same node while it takes more; then the next best: no other node has changed.</summary>
    private NodeEntry? PickAgain(TaskShape shape, NodeLedger ledger)
    {
        if (TurnedDownBy(shape, _lastNode!) is null) return _lastNode;
        if (_candidates.IsEmpty)
        {
            foreach (var node in ledger.NodeSpan)
            {
                if (TurnedDownBy(shape, node) is null) _candidates.Add(node, Score(shape, node));
            }

            _candidates.Sort();
        }

        while (_candidates.TryTake(out var next))
        {
            if (TurnedDownBy(shape, next) is null) return next;
        }

        return null;
    }

    /// <summary>True when nothing has changed since the last pick but the offer that followed it. Among neighbours one task changes what other nodes are worth.</summary>
    private bool FollowsAtOnce(TaskShape shape, NodeLedger ledger) =>
        shape.Neighbours is null or { IsStill: true } && _lastNear == VersionOf(shape) && _lastNode is not null && ledger.Revision == _lastRevision + 1 && ledger.LastOffered == _lastNode && shape.Equals(_lastShape);

    private static long VersionOf(TaskShape shape) => shape.Neighbours?.Version ?? 0;

    private static double Score(TaskShape shape, NodeEntry node)
    {
        var score = Wish(shape, node) * PlacementPolicies.WishWeight;
        foreach (var scorer in PlacementPolicies.Scorers) score += scorer.Score(shape, node);
        return score;
    }

    /// <summary>How many wishes a node fulfils.</summary>
    public static double Wish(TaskShape shape, NodeEntry node)
    {
        var wish = 0.0;
        foreach (var scorer in PlacementPolicies.Wishes) wish += scorer.Score(shape, node);
        return wish;
    }
}
