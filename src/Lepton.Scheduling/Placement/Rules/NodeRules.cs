using System.Collections.Immutable;
using System.Text;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.Placement.Rules;

/// <summary>Everything that a task asks of a node's attributes: the labels it must carry, the conditions that must hold, and the taints it bears.</summary>
internal sealed class NodeRules
{
    public static readonly NodeRules None = new([], [], []);

    private NodeRules(ImmutableArray<LabelWish> labels, ImmutableArray<NodeRequirement> constraints, ImmutableArray<Toleration> tolerations, IsolationAbilities isolation = IsolationAbilities.None)
    {
        (Labels, Constraints, Tolerations, Isolation) = (labels, constraints, tolerations, isolation);
        IsEmpty = labels.IsEmpty && constraints.IsEmpty && isolation == IsolationAbilities.None;
    }

    public ImmutableArray<LabelWish> Labels { get; }

    public ImmutableArray<NodeRequirement> Constraints { get; }

    public ImmutableArray<Toleration> Tolerations { get; }

    /// <summary>What the node must enforce, all of it.</summary>
    public IsolationAbilities Isolation { get; }

    /// <summary>It asks nothing of labels, attributes and isolation. Taints keep it away all the same.</summary>
    public bool IsEmpty { get; }

    public static NodeRules Of(TaskTemplate template)
    {
        var labels = template.NodeSelector is { Count: > 0 } selector ? selector.Select(l => new LabelWish(l.Key, l.Value)).ToImmutableArray() : [];
        var constraints = template.Constraints.IsDefaultOrEmpty ? [] : template.Constraints.Select(r => new NodeRequirement(r)).ToImmutableArray();
        var tolerations = template.Tolerations.OrEmpty();
        var isolation = template.Demand.Isolation;
        return labels.IsEmpty && constraints.IsEmpty && tolerations.IsEmpty && isolation == IsolationAbilities.None ? None : new NodeRules(labels, constraints, tolerations, isolation);
    }

    public bool HoldOn(NodeEntry node) => HasLabels(node) && MeetsConstraints(node) && Tolerates(node) && Enforces(node);

    public bool Enforces(NodeEntry node) => Isolation == IsolationAbilities.None || ((node.Spec?.Isolation ?? IsolationAbilities.None) & Isolation) == Isolation;

    /// <summary>No taint keeps it away.</summary>
    public bool Tolerates(NodeEntry node) => FirstAgainst(node, TaintEffect.NoSchedule) is null;

    /// <summary>No taint asks it to go elsewhere if it can.</summary>
    public bool IsWelcomeOn(NodeEntry node) => FirstAgainst(node, TaintEffect.PreferNoSchedule) is null;

    /// <summary>The first taint of a node with this effect that is not tolerated. Cost: O(taints × tolerations).</summary>
    public Taint? FirstAgainst(NodeEntry node, TaintEffect effect)
    {
        if (node.Spec is not { Taints.IsDefaultOrEmpty: false } spec) return null;
        foreach (var taint in spec.Taints)
        {
            if (taint.Effect == effect && !Tolerates(taint)) return taint;
        }

        return null;
    }

    public bool HasLabels(NodeEntry node)
    {
        foreach (var label in Labels)
        {
            if (!label.Holds(node)) return false;
        }

        return true;
    }

    public bool MeetsConstraints(NodeEntry node)
    {
        foreach (var constraint in Constraints)
        {
            if (!constraint.Holds(node)) return false;
        }

        return true;
    }

    /// <summary>Whether a region that says this of itself may have a node that meets them; each is asked by itself, and doubt speaks for the region.</summary>
    public bool MayHoldIn(RegionSummary summary)
    {
        if (!MayTolerateIn(summary) || !MayEnforceIn(summary)) return false;
        foreach (var label in Labels)
        {
            if (!summary.Labels.IsDefault && summary.Labels.BinarySearch(label.Pair, StringComparer.Ordinal) < 0) return false;
        }

        foreach (var constraint in Constraints)
        {
            if (!MayHoldIn(constraint, summary)) return false;
        }

        return true;
    }

    /// <summary>Whether some node of a region that says this of itself enforces all that is asked.</summary>
    public bool MayEnforceIn(RegionSummary summary)
    {
        if (Isolation == IsolationAbilities.None || summary.Isolations.IsDefault) return true;
        foreach (var enforced in summary.Isolations)
        {
            if ((enforced & Isolation) == Isolation) return true;
        }

        return false;
    }

    /// <summary>In the same words for the same rules, however they were written.</summary>
    public string Key()
    {
        if (IsEmpty && Tolerations.IsEmpty) return "";
        var key = new StringBuilder();
        foreach (var label in Labels) key.Append('|').Append(label.Name.Length).Append(':').Append(label.Name).Append(label.Value.Length).Append(':').Append(label.Value);
        foreach (var constraint in Constraints)
        {
            key.Append('!').Append((int)constraint.Rule.Operator).Append(constraint.Rule.Attribute.Length).Append(':').Append(constraint.Rule.Attribute);
            foreach (var value in constraint.Rule.Values) key.Append(value.Length).Append(':').Append(value);
        }

        foreach (var toleration in Tolerations)
        {
            key.Append('~').Append(toleration.Key.Length).Append(':').Append(toleration.Key).Append(toleration.Effect is { } effect ? (int)effect : -1);
            if (toleration.Value is { } value) key.Append(value.Length).Append(':').Append(value);
        }

        if (Isolation != IsolationAbilities.None) key.Append('#').Append((int)Isolation);
        return key.ToString();
    }

    /// <summary>Whether a region that says this of itself may have a node whose taints are all tolerated.</summary>
    public bool MayTolerateIn(RegionSummary summary)
    {
        if (summary.TaintSets.IsDefaultOrEmpty) return true;
        foreach (var set in summary.TaintSets)
        {
            if (TolerateAll(set)) return true;
        }

        return false;
    }

    private bool TolerateAll(TaintSet set)
    {
        foreach (var taint in set.Taints)
        {
            if (!Tolerates(taint)) return false;
        }

        return true;
    }

    private bool Tolerates(Taint taint)
    {
        foreach (var toleration in Tolerations)
        {
            if (toleration.Tolerates(taint)) return true;
        }

        return false;
    }

    private static bool MayHoldIn(NodeRequirement constraint, RegionSummary summary)
    {
        if (constraint.Attribute == NodeAttribute.Region) return constraint.HoldsForText(summary.Region.Value);
        if (constraint.Attribute != NodeAttribute.Label || summary.Labels.IsDefault || constraint.HoldsForText(null)) return true;
        foreach (var label in summary.Labels)
        {
            var equals = label.IndexOf('=', StringComparison.Ordinal);
            if (equals == constraint.Rule.Attribute.Length && label.StartsWith(constraint.Rule.Attribute, StringComparison.Ordinal)
                && constraint.HoldsForText(label[(equals + 1)..]))
            {
                return true;
            }
        }

        return false;
    }
}
