using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Lanes;
using Lepton.Scheduling.Annealing.Placing;
using Lepton.Scheduling.Genetic;

namespace Lepton.Scheduling.Tests.Annealing;

public sealed class GeneticSearchTests
{
    [Fact]
    public void Breeds_valid_plans_that_get_better_and_the_same_on_any_thread()
    {
        var problem = RandomPlacements.Make(11, 12, 60, 4);
        var start = PlacementAudit.Terms(problem.Model, problem.Start).Total;
        var inOrder = Breed(problem, pieces => { foreach (var piece in pieces) piece.Run(CancellationToken.None); });
        var threaded = Breed(problem, pieces => Parallel.ForEach(pieces, p => p.Run(CancellationToken.None)));
        Assert.Equal(inOrder.Best.ToArray(), threaded.Best.ToArray());
        Assert.True(inOrder.BestValue < start * 0.9, $"from {start} to {inOrder.BestValue}");
        Assert.Null(PlacementAudit.Violation(problem.Model, inOrder.Best));
        Assert.Equal(PlacementAudit.Terms(problem.Model, inOrder.Best).Total, inOrder.BestValue);
    }

    private static GeneticSearch<PlacementEnergy<Lanes8>> Breed(RandomPlacements.Problem problem, Action<IReadOnlyList<IPiece>> run)
    {
        var search = new GeneticSearch<PlacementEnergy<Lanes8>>(
            [.. Enumerable.Range(0, 4).Select(_ => new PlacementSystem<Lanes8>(problem.Model, problem.Start))], new GeneticOptions { Moves = 80_000 });
        for (var generation = 1; generation <= 20; generation++)
        {
            run(search.Begin(4000, generation / 20.0));
            search.End();
        }

        return search;
    }
}
