using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>
/// A run of consecutive task indexes of a job with one template: what splitting makes of a named task.
/// Index <c>First + k</c> takes input <c>k / Combinations</c> and grid row <c>k % Combinations</c>, so tasks of one input lie side by side.
/// </summary>
[GenerateSerializer, Immutable, Alias("TaskGroup")]
public sealed record TaskGroup(
    [property: Id(0)] string Name,
    [property: Id(1)] int First,
    [property: Id(2)] int Count,
    [property: Id(3)] TaskTemplate Template,
    [property: Id(4)] ImmutableArray<InputRef> Inputs,
    [property: Id(5)] ImmutableArray<ImmutableSortedDictionary<string, string>> GridRows,
    [property: Id(6)] ImmutableArray<string> DependsOn)
{
    public int End => First + Count;

    public int Combinations => Math.Max(1, GridRows.Length);

    public bool Contains(int index) => index >= First && index < End;

    public InputRef? InputOf(int index) => Inputs.IsDefaultOrEmpty ? null : Inputs[(index - First) / Combinations % Inputs.Length];

    public ImmutableSortedDictionary<string, string> GridOf(int index) =>
        GridRows.IsDefaultOrEmpty ? ImmutableSortedDictionary<string, string>.Empty : GridRows[(index - First) % Combinations];
}
