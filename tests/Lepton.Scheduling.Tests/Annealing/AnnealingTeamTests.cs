using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Lanes;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Scheduling.Tests.Annealing;

public sealed class AnnealingTeamTests
{
    private const int Rounds = 30;

    private static void InOrder(IReadOnlyList<IPiece> pieces)
    {
        foreach (var piece in pieces) piece.Run(CancellationToken.None);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    public void Finds_the_same_plan_whatever_thread_runs_which_piece(int members, int parts)
    {
        var inOrder = Solve(members, parts, InOrder);
        var reversed = Solve(members, parts, pieces => pieces.Reverse().ToList().ForEach(p => p.Run(CancellationToken.None)));
        var threaded = Solve(members, parts, pieces => Parallel.ForEach(pieces, p => p.Run(CancellationToken.None)));
        Assert.Equal(inOrder.Best.ToArray(), reversed.Best.ToArray());
        Assert.Equal(inOrder.Best.ToArray(), threaded.Best.ToArray());
        Assert.Equal(inOrder.Tally, threaded.Tally);
    }

    [Fact]
    public void Is_never_worse_than_the_start_and_better_as_a_rule()
    {
        var problem = Problem();
        var start = PlacementAudit.Terms(problem.Model, problem.Start).Total;
        var team = Solve(2, 1, InOrder);
        Assert.True(team.BestValue < start * 0.9, $"from {start} to {team.BestValue}");
    }

    [Fact]
    public void Stops_when_cancelled_with_a_valid_plan()
    {
        var problem = Problem();
        var team = Team(problem, 1, 2);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        foreach (var piece in team.Begin(1_000_000_000, 0.5)) piece.Run(cancelled.Token);
        team.End();
        Assert.Equal(0, team.Tally.Proposals);
        Assert.Null(PlacementAudit.Violation(problem.Model, team.Best));
    }

    [Fact]
    public void Says_how_many_moves_it_made()
    {
        var team = Solve(2, 1, InOrder);
        Assert.Equal(Rounds * 2000, team.Tally.Moves);
    }

    private static RandomPlacements.Problem Problem() => RandomPlacements.Make(11, 12, 60, 4);

    private static AnnealingTeam<PlacementEnergy<Lanes8>> Solve(
        int members, int parts, Action<IReadOnlyList<IPiece>> run)
    {
        var team = Team(Problem(), members, parts);
        for (var round = 1; round <= Rounds; round++)
        {
            run(team.Begin(2000, round / (double)Rounds));
            team.End();
        }

        return team;
    }

    private static AnnealingTeam<PlacementEnergy<Lanes8>> Team(RandomPlacements.Problem problem, int members, int parts) => new(
        [.. Enumerable.Range(0, members).Select(_ => new PlacementSystem<Lanes8>(problem.Model, problem.Start))],
        new AnnealingOptions { Moves = Rounds * 2000, Parts = parts, Seed = 5 });
}
