using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Rules;

namespace Lepton.Scheduling.Explaining;

/// <summary>What nodes lack of the labels and conditions that a task asks for.</summary>
internal static class RuleWording
{
    /// <summary>Differences named at most; the rest is counted.</summary>
    private const int Named = 3;

    /// <summary>Nodes that lack the same thing together, the most first: <c>3 nodes: zone is b, asked a</c>.</summary>
    public static string Misses(NodeRules rules, IEnumerable<NodeEntry> nodes)
    {
        var groups = Grouped(rules, nodes);
        var named = groups.Take(Named).Select(g => $"{Wording.Count(g.Count(), "node")}: {g.Key}");
        var rest = groups.Skip(Named).Sum(g => g.Count());
        return string.Join("; ", rest > 0 ? named.Append($"{Wording.Count(rest, "more node")}") : named);
    }

    /// <summary>The same behind a number of nodes: counts only where they lack different things.</summary>
    public static string Details(NodeRules rules, IEnumerable<NodeEntry> nodes) =>
        Grouped(rules, nodes) is { Count: 1 } single ? single[0].Key : string.Join(", ", Grouped(rules, nodes).Take(Named).Select(g => $"{g.Key} ({g.Count()})"));

    /// <summary>The node that lacks least: of as many the first by name. Null when every one has all of it.</summary>
    public static (NodeEntry Node, string Misses)? Nearest(NodeRules rules, IEnumerable<NodeEntry> nodes)
    {
        (NodeEntry Node, List<string> Misses)? nearest = null;
        foreach (var node in nodes)
        {
            var misses = All(rules, node).ToList();
            if (misses.Count > 0 && (nearest is null || misses.Count < nearest.Value.Misses.Count)) nearest = (node, misses);
        }

        return nearest is { } found ? (found.Node, string.Join(" and ", found.Misses)) : null;
    }

    /// <summary>The nodes that the rules ask for, for people.</summary>
    public static string Nodes(NodeRules rules) => rules switch
    {
        { IsEmpty: false, Tolerations.IsEmpty: true } => $"nodes with {Asked(rules)}",
        { IsEmpty: false } => $"nodes with {Asked(rules)} and tolerates {Tolerated(rules)}",
        { Tolerations.IsEmpty: false } => $"nodes without taints beyond {Tolerated(rules)}",
        _ => "nodes without taints",
    };

    /// <summary>Why none of the nodes of another region will do, by its summary.</summary>
    public static string Why(NodeRules rules, RegionSummary summary) =>
        !rules.MayEnforceIn(summary) ? $"enforcing {string.Join(" or ", summary.Isolations.Select(IsolationText.Of))}" : rules.MayTolerateIn(summary) ? "none labelled so" : $"every one has a taint that is not tolerated ({string.Join(" or ", summary.TaintSets.Take(Named).Select(s => string.Join(" and ", s.Taints)))})";

    /// <summary>What would help where every one of these nodes lacks something.</summary>
    public static string Help(NodeRules rules, IEnumerable<NodeEntry> nodes)
    {
        var judged = nodes as IReadOnlyCollection<NodeEntry> ?? [.. nodes];
        if (judged.Count > 0 && judged.All(n => rules.HasLabels(n) && rules.MeetsConstraints(n) && rules.Tolerates(n))) return HelpIsolation(rules);
        var taint = judged.Where(n => rules.HasLabels(n) && rules.MeetsConstraints(n)).Select(n => rules.FirstAgainst(n, TaintEffect.NoSchedule)).FirstOrDefault(t => t is not null);
        return taint is null
            ? "change what the task asks of nodes, or start an agent with such labels (--label)"
            : $"tolerate {taint} (placement.tolerations: [{{key: {taint.Key}}}]), or start an agent without this taint";
    }

    /// <summary>What would help where only isolation is missing.</summary>
    public static string HelpIsolation(NodeRules rules) =>
        $"ask for less isolation, or {(rules.Isolation.HasFlag(IsolationAbilities.Container) ? "start an agent with --containers, or leave the image out" : "use nodes that enforce it")}";

    private static string Tolerated(NodeRules rules) => string.Join(", ", rules.Tolerations);

    /// <summary>What the rules ask, for people.</summary>
    public static string Asked(NodeRules rules) =>
        string.Join(", ", rules.Labels.Select(l => $"{l.Name}: {l.Value}").Concat(rules.Constraints.Select(c => c.Rule.ToString()))
            .Concat(rules.Isolation == IsolationAbilities.None ? [] : [$"isolation: {IsolationText.Of(rules.Isolation)}"]));

    private static List<IGrouping<string, NodeEntry>> Grouped(NodeRules rules, IEnumerable<NodeEntry> nodes) =>
        [.. nodes.GroupBy(n => FirstMiss(rules, n) ?? "", StringComparer.Ordinal).Where(g => g.Key.Length > 0).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)];

    private static string? FirstMiss(NodeRules rules, NodeEntry node) => All(rules, node).FirstOrDefault();

    private static IEnumerable<string> All(NodeRules rules, NodeEntry node)
    {
        foreach (var label in rules.Labels)
        {
            if (!label.Holds(node)) yield return $"{label.Name} is {node.Spec?.Labels?.GetValueOrDefault(label.Name) ?? "not set"}, asked {label.Value}";
        }

        foreach (var constraint in rules.Constraints)
        {
            if (!constraint.Holds(node)) yield return $"{constraint.Rule.Attribute} is {constraint.Has(node)}, asked {constraint.Rule.Asked}";
        }

        if (rules.FirstAgainst(node, TaintEffect.NoSchedule) is { } taint) yield return $"has the taint {taint}, which is not tolerated";
        if (!rules.Enforces(node)) yield return $"isolation is {IsolationText.Of(node.Spec?.Isolation ?? IsolationAbilities.None)}, asked {IsolationText.Of(rules.Isolation)}";
    }
}
