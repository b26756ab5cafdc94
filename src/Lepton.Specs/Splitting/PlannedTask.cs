namespace Lepton.Specs;

/// <summary>A named task of a job after inheritance, with what its split comes to.</summary>
internal sealed record PlannedTask(string Name, SpecPath Path, WorkDocument Work)
{
    public ValueList<InputDocument>? Inputs { get; init; }

    public ValueList<Named<ValueList<string>>> Grid { get; init; } = [];

    /// <summary>Equal tasks, or inputs: what the combinations are taken times.</summary>
    public long Pieces { get; init; } = 1;

    public IReadOnlyList<string> DependsOn => Work.DependsOn is { } names ? names : [];

    /// <summary>Where counting combinations stops, far beyond every limit.</summary>
    public const long Uncounted = 1_000_000_000_000;

    /// <summary>Product of the axes, up to <see cref="Uncounted"/>.</summary>
    public long Combinations => Grid.Aggregate(1L, (product, axis) => Math.Min(product * axis.Value.Count, Uncounted));

    public long Count => Pieces * Combinations;
}
