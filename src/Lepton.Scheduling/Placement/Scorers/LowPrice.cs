namespace Lepton.Scheduling.Placement.Scorers;

/// <summary>Prefers the region where the task costs less by the hour: 0.5 for what it costs here, 1 for nothing.</summary>
internal sealed class LowPrice : IRegionScorer
{
    public string Name => nameof(LowPrice);

    // score = price here / (price here + price there); what has no price, here or there, counts as costing the same
    public double Score(TaskShape shape, Peer region)
    {
        if (shape.PriceHere is not { } here || region.Summary is not { Prices: { } book } summary || HourlyPrice.Of(shape, book, summary.Devices) is not { } there) return 0.5;
        return here + there == 0 ? 0.5 : (double)here / (here + there);
    }
}
