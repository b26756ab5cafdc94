namespace Lepton.Scheduling.Placement.Scorers;

/// <summary>Prefers the region with the larger share of free cores, less what was sent there since it said so.</summary>
internal sealed class FreeShare : IRegionScorer
{
    public string Name => nameof(FreeShare);

    public double Score(TaskShape shape, Peer region) =>
        region.Summary is { Total.MilliCpu: > 0 } summary ? Math.Clamp((double)region.Free.MilliCpu / summary.Total.MilliCpu, 0, 1) : 0;
}
