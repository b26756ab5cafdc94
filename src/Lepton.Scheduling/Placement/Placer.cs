using Lepton.Scheduling.Placement.Filters;

namespace Lepton.Scheduling.Placement;

/// <summary>Chooses a node for a task: filter, score, pick. Ties go to the first name.</summary>
/// <remarks>
/// Input: a shape and the ledger. Output: a node or nothing. Cost: O(nodes × filters), O(filters) for a further task of the same shape while
/// the chosen node takes it: a node that was best is better still once it is fuller. No allocation.
/// </remarks>
internal sealed class Placer
{
    private TaskShape? _lastShape;
    private NodeEntry? _lastNode;
    private long _lastRevision;

    public NodeEntry? Pick(TaskShape shape, NodeLedger ledger)
    {
        if (PickAgain(shape, ledger)) return Remember(shape, _lastNode, ledger);
        NodeEntry? best = null;
        var bestScore = double.NegativeInfinity;
        foreach (var node in ledger.NodeSpan)
        {
            if (TurnedDownBy(shape, node) is not null) continue;
            var score = 0.0;
            foreach (var scorer in PlacementPolicies.Scorers) score += scorer.Score(shape, node);
            if (score <= bestScore) continue;
            (best, bestScore) = (node, score);
        }

        return Remember(shape, best, ledger);
    }

    /// <summary>The first filter that refuses a node; null when none does.</summary>
    public static IFilter? TurnedDownBy(TaskShape shape, NodeEntry node)
    {
        foreach (var filter in PlacementPolicies.Filters)
        {
            if (filter.TurnsDown(shape, node)) return filter;
        }

        return null;
    }

    /// <summary>True when nothing has changed since the last pick but the offer that followed it.</summary>
    private bool PickAgain(TaskShape shape, NodeLedger ledger) =>
        _lastNode is not null && ledger.Revision == _lastRevision + 1 && ledger.LastOffered == _lastNode && shape.Equals(_lastShape)
        && TurnedDownBy(shape, _lastNode) is null;

    private NodeEntry? Remember(TaskShape shape, NodeEntry? node, NodeLedger ledger)
    {
        (_lastShape, _lastNode, _lastRevision) = (shape, node, ledger.Revision);
        return node;
    }
}
