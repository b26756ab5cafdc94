using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>One start of a gang: these tasks of one job are placed together, and none begins before all of them hold their grants.</summary>
/// <param name="First">Index of the gang's first task: with the job its name.</param>
/// <param name="Members">Indexes of the tasks that start, in order; those of the gang that are over already are not among them.</param>
/// <param name="Epoch">Epoch of the owner's region when it was planned; with <paramref name="Order"/> unlike that of any other start.</param>
/// <param name="Order">Number of the order to the first member, under that epoch.</param>
[GenerateSerializer, Immutable, Alias("GangRun")]
public sealed record GangRun(
    [property: Id(0)] int First,
    [property: Id(1)] ImmutableArray<int> Members,
    [property: Id(2)] Epoch Epoch,
    [property: Id(3)] long Order)
{
    public bool IsSameStart(GangRun? other) => other is not null && (First, Epoch, Order) == (other.First, other.Epoch, other.Order);
}
