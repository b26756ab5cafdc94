using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Specs;

/// <summary>What the document asks of nodes, as the fleet takes it. The document has passed its checks.</summary>
internal static class NodeRulesOf
{
    public static ImmutableArray<NodeRule> Constraints(PlacementDocument? placement) =>
        [.. (placement?.Constraints ?? []).Where(c => !DeviceDemand.AsksDriver(c)).Select(c => new NodeRule(c.Attribute, OperatorOf(c.Operator), Values(c)))];

    /// <summary>A list is written with commas in between.</summary>
    public static ImmutableArray<string> Values(ConstraintDocument constraint) => constraint.Operator is ConstraintOperator.In or ConstraintOperator.NotIn
        ? [.. constraint.Value.Split(',', StringSplitOptions.TrimEntries)]
        : [constraint.Value];

    public static ImmutableArray<Toleration> Tolerations(PlacementDocument? placement) =>
        [.. (placement?.Tolerations ?? []).Select(t => new Toleration(t.Key, t.Operator == TolerationOperator.Exists ? null : t.Value, t.Effect))];

    private static NodeRuleOperator OperatorOf(ConstraintOperator given) => given switch
    {
        ConstraintOperator.Equal => NodeRuleOperator.Equal,
        ConstraintOperator.NotEqual => NodeRuleOperator.NotEqual,
        ConstraintOperator.Greater => NodeRuleOperator.Greater,
        ConstraintOperator.GreaterOrEqual => NodeRuleOperator.GreaterOrEqual,
        ConstraintOperator.Less => NodeRuleOperator.Less,
        ConstraintOperator.LessOrEqual => NodeRuleOperator.LessOrEqual,
        ConstraintOperator.In => NodeRuleOperator.In,
        ConstraintOperator.NotIn => NodeRuleOperator.NotIn,
        _ => throw new ArgumentOutOfRangeException(nameof(given), given, "No such operator."),
    };
}
