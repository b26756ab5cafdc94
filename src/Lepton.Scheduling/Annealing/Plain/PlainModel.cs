using System.Collections.Immutable;

namespace Lepton.Scheduling.Annealing.Plain;

/// <summary>The plainest placement: up to four resources, hard capacity, and nodes to be loaded evenly.</summary>
/// <param name="Capacity"><c>[node × 4 + resource]</c></param>
/// <param name="Need"><c>[task × 4 + resource]</c></param>
/// <param name="Start">Node of every task.</param>
public sealed record PlainModel(ImmutableArray<int> Capacity, ImmutableArray<int> Need, ImmutableArray<int> Start)
{
    public const int Lanes = 4;

    public int Nodes => Capacity.Length / Lanes;

    public int Tasks => Start.Length;
}
