using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>How an attribute of a node is compared with the values of a <see cref="NodeRule"/>.</summary>
[GenerateSerializer, Alias("NodeRuleOperator")]
public enum NodeRuleOperator
{
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    In,
    NotIn,
}

/// <summary>A condition on an attribute of a node: what it carries as a label, or what it is known by anyway.</summary>
/// <param name="Attribute">A label, or <c>region</c>, <c>node</c>, <c>driver</c>, <c>agentVersion</c>, <c>cpus</c>, <c>memoryGiB</c>, which go before labels of the same name.</param>
/// <param name="Values">One; several for <see cref="NodeRuleOperator.In"/> and <see cref="NodeRuleOperator.NotIn"/>.</param>
/// <remarks>
/// Values of digits and dots are compared part by part, so that 1.10 is more than 1.9 and 10 more than 9; cpus and memoryGiB as numbers with decimals;
/// everything else as text. A version and a text have no order. What a node does not carry is equal to nothing and neither more nor less.
/// </remarks>
[GenerateSerializer, Immutable, Alias("NodeRule")]
public sealed record NodeRule(
    [property: Id(0)] string Attribute,
    [property: Id(1)] NodeRuleOperator Operator,
    [property: Id(2)] ImmutableArray<string> Values)
{
    public bool Equals(NodeRule? other) => ReferenceEquals(this, other) || (other is not null
        && (Attribute, Operator) == (other.Attribute, other.Operator) && Values.AsSpan().SequenceEqual(other.Values.AsSpan()));

    public override int GetHashCode() => HashCode.Combine(Attribute, Operator, Values.IsDefaultOrEmpty ? "" : Values[0]);

    /// <summary>What is asked, behind the name of the attribute: <c>a</c>, <c>not a</c>, <c>&gt;= 1.9</c>, <c>one of a, b</c>.</summary>
    public string Asked
    {
        get
        {
            var values = string.Join(", ", Values.IsDefault ? [] : Values);
            return Operator switch
            {
                NodeRuleOperator.Equal => values,
                NodeRuleOperator.NotEqual => $"not {values}",
                NodeRuleOperator.Greater => $"> {values}",
                NodeRuleOperator.GreaterOrEqual => $">= {values}",
                NodeRuleOperator.Less => $"< {values}",
                NodeRuleOperator.LessOrEqual => $"<= {values}",
                NodeRuleOperator.In => $"one of {values}",
                _ => $"none of {values}",
            };
        }
    }

    public override string ToString() => $"{Attribute}: {Asked}";
}
