using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Lanes;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Scheduling.Tests.Annealing;

public sealed class AnnealingRaceTests
{
    private const int Rounds = 50;
    private const long Moves = 100_000;

    [Fact]
    public void Keeps_the_best_plan_of_race_and_pass_at_every_moment()
    {
        var problem = RandomPlacements.Make(31, 12, 60, 4);
        var race = Race(problem, 2);
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

    [Fact]
    public void Finds_the_same_plan_whatever_thread_runs_which_piece()
    {
        var problem = RandomPlacements.Make(32, 12, 60, 4);
        var inOrder = Run(Race(problem, 2), pieces => { foreach (var piece in pieces) piece.Run(CancellationToken.None); });
        var threaded = Run(Race(problem, 2), pieces => Parallel.ForEach(pieces, p => p.Run(CancellationToken.None)));
        Assert.Equal(inOrder.Best.ToArray(), threaded.Best.ToArray());
        Assert.Equal(inOrder.Heat, threaded.Heat);
    }

    [Fact]
    public void One_copy_goes_hot_without_a_race() => Assert.Equal(1, Race(RandomPlacements.Make(34, 5, 10, 2), 1).Heat);

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
