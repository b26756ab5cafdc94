using CsCheck;
using Lepton.Scheduling.Placement.Devices;

namespace Lepton.Scheduling.Tests.Placement.Devices;

public sealed class ScoreBoardTests
{
    /// <summary>Large enough that blocks of blocks come into play; few costs, so that many are equal.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(9000)]
    public void Names_the_first_of_the_cheapest_after_any_changes(int nodes) =>
        Gen.Select(Gen.Int[0, nodes - 1], Gen.Int[-3, 3]).Array[0, 300].Sample(changes =>
        {
            var (board, costs) = (new ScoreBoard(nodes), Enumerable.Repeat(ScoreBoard.CannotRun, nodes).ToArray());
            foreach (var (node, cost) in changes)
            {
                costs[node] = cost == 3 ? ScoreBoard.CannotRun : cost;
                board.Set(node, costs[node]);
                var least = costs.Min();
                Assert.Equal(least == ScoreBoard.CannotRun ? -1 : Array.IndexOf(costs, least), board.Cheapest());
            }
        }, iter: 20);
}
