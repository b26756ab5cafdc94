namespace Lepton.Scheduling.Placement.Scorers;

/// <summary>The share of what the task reads that lies in the region.</summary>
internal sealed class DataLocality : IRegionScorer
{
    public string Name => nameof(DataLocality);

    public double Score(TaskShape shape, Peer region) => shape.Data.In(region.Region);
}
