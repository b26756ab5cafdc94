using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Lanes;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Scheduling.Tests.Annealing;

public sealed class AnnealingRaceTests
{
    private const int Rounds = 50;
    private const long Moves = 100_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Keeps_the_best_plan_of_race_and_pass_at_every_moment(int copies)
    {
        var problem = RandomPlacements.Make(31, 12, 60, 4);
        var race = Race(problem, copies);
        var value = PlacementAudit.Terms(problem.Model, problem.Start).Total;
        for (var round = 1; round <= Rounds; round++)
        {
            foreach (var piece in race.Begin(Moves / Rounds, round / (double)Rounds)) piece.Run(CancellationToken.None);
            race.End();
            Assert.True(race.BestValue <= value);
            value = race.BestValue;
            Assert.Equal(PlacementAudit.Terms(problem.Model, race.Best).Total, value);
            Assert.Null(PlacementAudit.Violation(problem.Model, race.Best));
            Assert.Equal(round > Rounds * AnnealingRace<PlacementEnergy<Lanes8>>.RaceShare, race.Heat is not null);
        }

        Assert.True(race.IsDone);
        Assert.Equal(Moves, race.Tally.Moves);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Finds_the_same_plan_whatever_thread_runs_which_piece(int copies)
    {
        var problem = RandomPlacements.Make(32, 12, 60, 4);
        var inOrder = Run(Race(problem, copies), InOrder);
        var threaded = Run(Race(problem, copies), pieces => Parallel.ForEach(pieces, p => p.Run(CancellationToken.None)));
        Assert.Equal(inOrder.Best.ToArray(), threaded.Best.ToArray());
        Assert.Equal(inOrder.Heat, threaded.Heat);
    }

    [Fact]
    public void One_copy_begins_both_passes_from_the_start()
    {
        var problem = RandomPlacements.Make(34, 12, 60, 4);
        var system = new PlacementSystem<Lanes8>(problem.Model, problem.Start);
        var race = new AnnealingRace<PlacementEnergy<Lanes8>>([system], new AnnealingOptions { Moves = Moves, Seed = 5 });
        const double Half = AnnealingRace<PlacementEnergy<Lanes8>>.RaceShare / 2;
        InOrder(race.Begin((long)(Moves * Half), Half));
        race.End();
        var cold = race.BestValue;
        Assert.True(cold < PlacementAudit.Terms(problem.Model, problem.Start).Total);

        race.Begin(0, Half * 1.01);
        race.End();
        var nodes = new int[system.Tasks];
        system.CopyTo(nodes);
        Assert.Equal(problem.Start, nodes);
        Assert.Equal(cold, race.BestValue);
        Assert.Null(race.Heat);
    }

    [Fact]
    public void One_copy_goes_on_from_the_best_of_the_pass_that_won()
    {
        var problem = RandomPlacements.Make(35, 12, 60, 4);
        var system = new PlacementSystem<Lanes8>(problem.Model, problem.Start);
        var race = new AnnealingRace<PlacementEnergy<Lanes8>>([system], new AnnealingOptions { Moves = Moves, Seed = 5 });
        for (var round = 1; round <= 6; round++)
        {
            InOrder(race.Begin(Moves / Rounds, round / (double)Rounds));
            race.End();
        }

        race.Begin(0, AnnealingRace<PlacementEnergy<Lanes8>>.RaceShare * 1.01);
        race.End();
        Assert.NotNull(race.Heat);
        Assert.Equal(race.BestValue, system.Value);
    }

    private static void InOrder(IReadOnlyList<IPiece> pieces)
    {
        foreach (var piece in pieces) piece.Run(CancellationToken.None);
    }

    private static AnnealingRace<PlacementEnergy<Lanes8>> Race(RandomPlacements.Problem problem, int copies) => new(
        [.. Enumerable.Range(0, copies).Select(_ => new PlacementSystem<Lanes8>(problem.Model, problem.Start))],
        new AnnealingOptions { Moves = Moves, Seed = 5 });

    private static AnnealingRace<PlacementEnergy<Lanes8>> Run(AnnealingRace<PlacementEnergy<Lanes8>> race, Action<IReadOnlyList<IPiece>> run)
    {
        for (var round = 1; round <= Rounds; round++)
        {
            run(race.Begin(Moves / Rounds, round / (double)Rounds));
            race.End();
        }

        return race;
    }
}
