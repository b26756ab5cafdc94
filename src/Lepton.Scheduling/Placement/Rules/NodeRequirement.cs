using System.Collections.Immutable;
using System.Globalization;
using Lepton.Model;

namespace Lepton.Scheduling.Placement.Rules;

/// <summary>A <see cref="NodeRule"/> made ready to be asked of many nodes: its attribute known, its numbers read.</summary>
/// <remarks>Cost: O(values). Nothing allocated.</remarks>
internal sealed class NodeRequirement
{
    private const decimal Gibibyte = 1L << 30;

    private readonly decimal?[] _numbers;

    public NodeRequirement(NodeRule rule)
    {
        Rule = rule;
        Attribute = AttributeOf(rule.Attribute);
        Values = rule.Values.IsDefault ? [] : rule.Values;
        _numbers = IsNumber ? [.. Values.Select(NumberOf)] : [];
    }

    public NodeRule Rule { get; }

    public NodeAttribute Attribute { get; }

    private ImmutableArray<string> Values { get; }

    private bool IsNumber => Attribute is NodeAttribute.Cpus or NodeAttribute.MemoryGiB;

    private bool HoldsForNothing => Rule.Operator is NodeRuleOperator.NotEqual or NodeRuleOperator.NotIn;

    public static NodeAttribute AttributeOf(string name) => name switch
    {
        "region" => NodeAttribute.Region,
        "node" => NodeAttribute.Node,
        "driver" => NodeAttribute.Driver,
        "agentVersion" => NodeAttribute.AgentVersion,
        "cpus" => NodeAttribute.Cpus,
        "memoryGiB" => NodeAttribute.MemoryGiB,
        _ => NodeAttribute.Label,
    };

    public bool Holds(NodeEntry node) => Attribute switch
    {
        NodeAttribute.Cpus => HoldsFor(node.Total.MilliCpu / 1000m),
        NodeAttribute.MemoryGiB => HoldsFor(node.Total.MemoryBytes / Gibibyte),
        _ => TextOf(node) is { } text ? HoldsFor(text) : HoldsForNothing,
    };

    /// <summary>Whether a node with this value could meet it; null: a node that has none.</summary>
    public bool HoldsForText(string? text) => text is null ? HoldsForNothing : HoldsFor(text);

    /// <summary>What the node has, for people.</summary>
    public string Has(NodeEntry node) => Attribute switch
    {
        NodeAttribute.Cpus => (node.Total.MilliCpu / 1000m).ToString("0.###", CultureInfo.InvariantCulture),
        NodeAttribute.MemoryGiB => (node.Total.MemoryBytes / Gibibyte).ToString("0.##", CultureInfo.InvariantCulture),
        _ => TextOf(node) switch { null => "not set", "" => "empty", var text => text },
    };

    private string? TextOf(NodeEntry node) => Attribute switch
    {
        NodeAttribute.Region => node.Id.Region.Value,
        NodeAttribute.Node => node.Id.Name,
        NodeAttribute.Driver => node.Spec?.DriverVersion,
        NodeAttribute.AgentVersion => node.Spec?.AgentVersion,
        _ => node.Spec?.Labels?.GetValueOrDefault(Rule.Attribute),
    };

    private bool HoldsFor(ReadOnlySpan<char> has)
    {
        // Build numbers behind a version of the agent are no part of its order.
        if (Attribute == NodeAttribute.AgentVersion && has.IndexOfAny('+', '-') is var build and > 0) has = has[..build];
        if (Rule.Operator is NodeRuleOperator.Equal or NodeRuleOperator.In) return IsOneOf(has);
        if (HoldsForNothing) return !IsOneOf(has);
        return !Values.IsEmpty && AttributeText.Compare(has, Values[0]) is { } order && Satisfies(order);
    }

    private bool HoldsFor(decimal has)
    {
        if (Rule.Operator is NodeRuleOperator.Equal or NodeRuleOperator.In) return IsOneOf(has);
        if (HoldsForNothing) return !IsOneOf(has);
        return _numbers.Length > 0 && _numbers[0] is { } asked && Satisfies(has.CompareTo(asked));
    }

    private bool Satisfies(int order) => Rule.Operator switch
    {
        NodeRuleOperator.Greater => order > 0,
        NodeRuleOperator.GreaterOrEqual => order >= 0,
        NodeRuleOperator.Less => order < 0,
        _ => order <= 0,
    };

    private bool IsOneOf(ReadOnlySpan<char> has)
    {
        foreach (var value in Values)
        {
            if (AttributeText.AreEqual(has, value)) return true;
        }

        return false;
    }

    private bool IsOneOf(decimal has)
    {
        foreach (var number in _numbers)
        {
            if (number == has) return true;
        }

        return false;
    }

    private static decimal? NumberOf(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
}
