namespace Lepton.Scheduling.Placement.Scorers;

/// <summary>Prefers the region with the shorter way: 1 at no distance, 0.5 at a round trip of 100 ms or where nothing is known.</summary>
internal sealed class LowLatency : IRegionScorer
{
    private const double Half = 100;

    public string Name => nameof(LowLatency);

    // score = 100 / (100 + round trip in ms)
    public double Score(TaskShape shape, Peer region) => Half / (Half + (region.RoundTripMs ?? Half));
}
