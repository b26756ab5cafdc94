using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Benchmarks.Roadef;

/// <summary>An instance of the ROADEF/EURO challenge 2012, as the product's placement model, with the published figures beside it.</summary>
internal sealed record RoadefInstance(string Name, PlacementModel Model, int[] Initial, RoadefReference Reference)
{
    /// <summary>Set A or B (or X) of the challenge.</summary>
    public char Set => Name[0];
}

/// <summary>What is published for an instance: the best cost known and a lower bound, where there are any.</summary>
internal sealed record RoadefReference(double? Best, double? LowerBound);
