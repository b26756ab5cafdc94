namespace Lepton.Scheduling.Placement.Rules;

/// <summary>A label that a node must carry with exactly this value.</summary>
internal sealed record LabelWish(string Name, string Value)
{
    /// <summary>As the summaries of regions tell it.</summary>
    public string Pair { get; } = $"{Name}={Value}";

    public bool Holds(NodeEntry node) => node.Spec?.Labels is { } labels && labels.TryGetValue(Name, out var has) && has == Value;
}
