using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Lanes;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Scheduling.Tests.Annealing;

/// <summary>A search may go on from a plan that another one made: moves are still counted, and room still held, from where tasks run now.</summary>
public sealed class WarmStartTests
{
    private const int Rounds = 20;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Is_never_worse_than_the_plan_it_went_on_from_at_any_moment(ulong seed)
    {
        var p = RandomPlacements.Make(seed, 12, 60, 4);
        var plan = Run(p, p.Start, 40_000, _ => { });
        var value = PlacementAudit.Terms(p.Model, plan).Total;
        Run(p, plan, 4_000, search =>
        {
            Assert.True(search.BestValue <= value, $"{search.BestValue} after {value}");
            Assert.Null(PlacementAudit.Violation(p.Model, search.Best));
            Assert.Equal(PlacementAudit.Terms(p.Model, search.Best).Total, search.BestValue);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Beats_a_cold_start_of_the_same_short_budget(ulong seed)
    {
        var p = RandomPlacements.Make(seed, 12, 60, 4);
        var plan = Run(p, p.Start, 400_000, _ => { });
        var (warm, cold) = (Run(p, plan, 1_000, _ => { }), Run(p, p.Start, 1_000, _ => { }));
        Assert.True(PlacementAudit.Terms(p.Model, warm).Total < PlacementAudit.Terms(p.Model, cold).Total);
    }

    private static int[] Run(RandomPlacements.Problem p, int[] start, long moves, Action<IOptimiser> look)
    {
        var search = new AnnealingRace<PlacementEnergy<Lanes8>>(
            [.. Enumerable.Range(0, 2).Select(_ => new PlacementSystem<Lanes8>(p.Model, start))], new AnnealingOptions { Moves = moves, Seed = 5 });
        for (var round = 1; round <= Rounds; round++)
        {
            foreach (var piece in search.Begin(moves / Rounds, round / (double)Rounds)) piece.Run(CancellationToken.None);
            search.End();
            look(search);
        }

        return search.Best.ToArray();
    }
}
