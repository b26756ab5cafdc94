using System.Collections.Immutable;
using System.Text;
using Lepton.Model;

namespace Lepton.Scheduling.Placement.Rules;

/// <summary>Everything that a task asks of a node's attributes: the labels it must carry and the conditions that must hold.</summary>
internal sealed class NodeRules
{
    public static readonly NodeRules None = new([], []);

    private NodeRules(ImmutableArray<LabelWish> labels, ImmutableArray<NodeRequirement> constraints)
    {
        (Labels, Constraints) = (labels, constraints);
        IsEmpty = labels.IsEmpty && constraints.IsEmpty;
    }

    public ImmutableArray<LabelWish> Labels { get; }

    public ImmutableArray<NodeRequirement> Constraints { get; }

    public bool IsEmpty { get; }

    public static NodeRules Of(TaskTemplate template)
    {
        var labels = template.NodeSelector is { Count: > 0 } selector ? selector.Select(l => new LabelWish(l.Key, l.Value)).ToImmutableArray() : [];
        var constraints = template.Constraints.IsDefaultOrEmpty ? [] : template.Constraints.Select(r => new NodeRequirement(r)).ToImmutableArray();
        return labels.IsEmpty && constraints.IsEmpty ? None : new NodeRules(labels, constraints);
    }

    public bool HoldOn(NodeEntry node) => HasLabels(node) && MeetsConstraints(node);

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
        if (IsEmpty) return true;
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

    /// <summary>In the same words for the same rules, however they were written.</summary>
    public string Key()
    {
        if (IsEmpty) return "";
        var key = new StringBuilder();
        foreach (var label in Labels) key.Append('|').Append(label.Name.Length).Append(':').Append(label.Name).Append(label.Value.Length).Append(':').Append(label.Value);
        foreach (var constraint in Constraints)
        {
            key.Append('!').Append((int)constraint.Rule.Operator).Append(constraint.Rule.Attribute.Length).Append(':').Append(constraint.Rule.Attribute);
            foreach (var value in constraint.Rule.Values) key.Append(value.Length).Append(':').Append(value);
        }

        return key.ToString();
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
