using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Neighbours;

namespace Lepton.Scheduling.Explaining;

/// <summary>What neighbours stand against, with the failure domains in which they do.</summary>
internal static class NearWording
{
    /// <summary>Failure domains named at most; the rest is counted.</summary>
    private const int Named = 4;

    /// <summary>The verdict where nodes have room and their neighbours leave none of them; null where no node has room, or one may be taken.</summary>
    public static Verdict? Judge(TaskShape shape, RegionId self, NodeLedger ledger)
    {
        if (shape.Neighbours is not { } rules) return null;
        var kept = ledger.Nodes.Where(n => Placer.TurnedDownBy(shape, n) is { } filter && PlacementPolicies.NearFilters.Contains(filter)).ToList();
        if (kept.Count == 0) return null;
        var term = rules.Musts.Select(t => (Term: t, Nodes: kept.Count(n => TurnsDown(t, rules, shape, n)))).MaxBy(t => t.Nodes).Term;
        var others = ledger.Nodes.Count - kept.Count;
        return new(
            term.Kind == NearKind.Near ? PendingReason.NoEligibleNode : PendingReason.SpreadImpossible,
            $"asked {Wording.Asked(shape.Demand)} {Asked(term)}; {Wording.Count(kept.Count, "node")} of {self} {(kept.Count == 1 ? "has" : "have")} room: {Why(term, rules, shape, kept)}{(others > 0 ? $"; {Wording.Count(others, "other node")} could not take it anyway" : "")}",
            Help(term));
    }

    /// <summary>Behind the number of nodes that a filter turned down.</summary>
    public static string Detail(string filter, TaskShape shape, NodeLedger ledger)
    {
        var kept = ledger.Nodes.Where(n => Placer.TurnedDownBy(shape, n)?.Name == filter).ToList();
        var terms = shape.Neighbours!.Musts.Where(t => NameOf(t) == filter && kept.Any(n => TurnsDown(t, shape.Neighbours, shape, n)));
        return string.Join("; ", terms.Take(2).Select(t => $"asked {Asked(t)}: {Why(t, shape.Neighbours, shape, kept)}"));
    }

    /// <summary>Why a task is not sent to another region, by what this region has sent there.</summary>
    public static Verdict Against(NearTerm term, Peer peer)
    {
        var there = term.Census.In(peer.Region);
        return new(
            term.Kind == NearKind.Near ? PendingReason.NoEligibleNode : PendingReason.SpreadImpossible,
            there == 0 && term.By is DomainLevel.Zone or DomainLevel.Rack && term.Kind != NearKind.Near
                ? $"asked {Asked(term)}; no node of {peer.Region} has a label {LabelOf(term.By)}"
                : $"asked {Asked(term)}; {peer.Region} holds {there} of them by what was sent there",
            Help(term));
    }

    /// <summary>What a task asks of others like it.</summary>
    public static string Apart(NeighbourRules rules) => string.Join(" and ", rules.Musts.Where(t => t.IsAboutItself && !t.IsTheirs).Select(Asked).Distinct(StringComparer.Ordinal));

    private static string NameOf(NearTerm term) => term.Kind switch
    {
        NearKind.Near => nameof(Placement.Filters.Affinity),
        NearKind.Away => nameof(Placement.Filters.AntiAffinity),
        _ => nameof(Placement.Filters.Spread),
    };

    private static string Asked(NearTerm term) => term.Kind switch
    {
        NearKind.Near => $"in a {LabelOf(term.By)} with {term.Whom}",
        NearKind.Away => $"in a {LabelOf(term.By)} without {term.Whom}",
        _ when term.MaxPerDomain > 0 && term.MaxSkew > 0 => $"with at most {term.MaxPerDomain} of {term.Whom} in a {LabelOf(term.By)}, and at most {term.MaxSkew} more than in the emptiest",
        _ when term.MaxPerDomain > 0 => $"with at most {term.MaxPerDomain} of {term.Whom} in a {LabelOf(term.By)}",
        _ => $"with at most {term.MaxSkew} more of {term.Whom} in a {LabelOf(term.By)} than in the emptiest",
    };

    private static string Why(NearTerm term, NeighbourRules rules, TaskShape shape, List<NodeEntry> kept)
    {
        var nowhere = kept.Count(n => n.DomainAt(term.By) < 0);
        if (nowhere == kept.Count) return $"none of them has a label {LabelOf(term.By)}";
        if (term.Kind == NearKind.Near)
        {
            return term.Census.Here == 0
                ? $"{term.Census.Here} of them run in this region, {term.Census.Everywhere} in others by what it sent there"
                : $"{term.Census.Here} of them run in this region, all in other {LabelOf(term.By)}s";
        }

        var domains = kept.Where(n => n.DomainAt(term.By) >= 0 && TurnsDown(term, rules, shape, n)).DistinctBy(n => n.DomainAt(term.By)).ToList();
        var held = string.Join(", ", domains.Take(Named).Select(n => $"{LabelOf(term.By)} {Domains.NameOf(n, term.By)} holds {term.Census.At(n)}"));
        return $"{held}{(domains.Count > Named ? $" and {domains.Count - Named} more" : "")}{(term.MaxSkew > 0 ? $", the emptiest {rules.Floor(term, shape)}" : "")}{(nowhere > 0 ? $"; {Wording.Count(nowhere, "node")} without a label {LabelOf(term.By)}" : "")}";
    }

    private static string Help(NearTerm term) => term.Kind switch
    {
        NearKind.Near => "wait until such a task runs where there is room, or ask for it as a wish (placement.affinity.mode: prefer)",
        NearKind.Away when term.IsTheirs => "wait until one of them ends: they ask to be alone (placement.antiAffinity)",
        NearKind.Away => "wait until one of them ends, or ask for it as a wish (placement.antiAffinity.mode: prefer)",
        _ => "wait until one of them ends, or relax the spread (placement.spread)",
    };

    private static string LabelOf(DomainLevel level) => level switch
    {
        DomainLevel.Node => "node",
        DomainLevel.Rack => Domains.Rack,
        DomainLevel.Zone => Domains.Zone,
        _ => "region",
    };

    private static bool TurnsDown(NearTerm term, NeighbourRules rules, TaskShape shape, NodeEntry node) => term.TurnsDown(node, term.MaxSkew > 0 ? rules.Floor(term, shape) : 0);
}
