using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Lanes;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Scheduling.Tests.Annealing;

public sealed class RoundPacerTests
{
    private const int Rounds = 40;
    private const double Seconds = 10;

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    [InlineData(0.02)]
    [InlineData(3.0)]
    public void A_pass_stopped_by_time_is_repeated_to_the_bit_by_the_moves_it_recorded(double realSpeed)
    {
        var problem = RandomPlacements.Make(21, 10, 60, 4);
        var systems = Systems(problem);

        // The trial leaves its traces, which a replay does not have.
        Round(Team(systems, 1_000_000), 3_000, 0.01);
        foreach (var system in systems) system.Restore(problem.Start);

        var pacer = new RoundPacer(Rounds, Seconds, movesPerSecond: 10_000);
        var timed = Team(systems, pacer.Planned);
        var (elapsed, rate) = (0.0, 10_000.0);
        while (!pacer.IsDone)
        {
            var moves = pacer.Next(Seconds - elapsed, rate);
            Round(timed, moves, pacer.Progress);

            // The machine is as fast as said, and a little faster in every third round.
            rate = 10_000 * realSpeed * (pacer.Progress * Rounds % 3 < 1 ? 1.1 : 1);
            elapsed += moves / rate;
        }

        var log = RoundLog.Parse(pacer.Log.ToString(), Rounds);
        Assert.Equal(pacer.Log.Runs, log.Runs);
        var again = Team(Systems(problem), log.Planned);
        var round = 0;
        foreach (var (moves, count) in log.Runs)
        {
            for (var i = 0; i < count; i++) Round(again, moves, ++round / (double)log.Rounds);
        }

        Assert.Equal(timed.Best.ToArray(), again.Best.ToArray());
        Assert.Equal(timed.BestValue, again.BestValue);
        Assert.Equal(timed.Tally, again.Tally);
        Assert.True(timed.IsDone);
    }

    [Fact]
    public void Rounds_stay_equal_while_the_end_is_in_sight()
    {
        var pacer = new RoundPacer(Rounds, Seconds, 10_000);
        for (var round = 0; round < Rounds; round++) pacer.Next(Seconds * (Rounds - round) / Rounds, 10_200);
        Assert.Equal("100000", pacer.Log.ToString());
        Assert.Equal(pacer.Planned, pacer.Log.Moves);
    }

    [Fact]
    public void Rounds_get_smaller_on_a_machine_that_slows_down()
    {
        var pacer = new RoundPacer(Rounds, Seconds, 10_000);
        var first = pacer.Next(Seconds, 10_000);
        Assert.True(pacer.Next(Seconds, 4_000) < first / 2);
        Assert.True(pacer.Next(secondsLeft: -1, 4_000) > 0);
    }

    [Theory]
    [InlineData("400", "400")]
    [InlineData("30x3,10x1", "30x3,10x1")]
    public void A_log_is_written_as_it_is_read(string text, string written) => Assert.Equal(written, RoundLog.Parse(text, 4).ToString());

    [Theory]
    [InlineData("fast")]
    [InlineData("10x")]
    [InlineData("-5")]
    [InlineData("10x0")]
    public void Refuses_what_is_no_log(string text) =>
        Assert.Contains("Maybe", Assert.Throws<FormatException>(() => RoundLog.Parse(text, 4)).Message, StringComparison.Ordinal);

    private static PlacementSystem<Lanes8>[] Systems(RandomPlacements.Problem problem) =>
        [.. Enumerable.Range(0, 2).Select(_ => new PlacementSystem<Lanes8>(problem.Model, problem.Start))];

    private static AnnealingTeam<PlacementEnergy<Lanes8>> Team(PlacementSystem<Lanes8>[] systems, long moves) =>
        new(systems, new AnnealingOptions { Moves = moves, Parts = 2, Seed = 5 });

    private static void Round(AnnealingTeam<PlacementEnergy<Lanes8>> team, long moves, double progress)
    {
        foreach (var piece in team.Begin(moves, progress)) piece.Run(CancellationToken.None);
        team.End();
    }
}
