using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Worlds;

namespace Lepton.Scheduling.Tests.Annealing;

public sealed class WorldLevelsTests
{
    private const int Rounds = 40;
    private const long Moves = 8_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Two_levels_are_at_least_as_good_as_one_at_the_same_short_budget(ulong seed)
    {
        var world = Skewed(seed);
        var two = Run(new WorldLevels(world, new WorldLevelsOptions { Moves = Moves, BundleDevices = 32 }), InOrder);
        var one = Run(
            new AnnealingTeam<WorldEnergy>(
                [new WorldSystem(world)],
                new AnnealingOptions { Moves = Moves, Parts = 1, Around = new Neighbourhood { Displacements = 0, Homes = 0.3, Draws = 1 } }),
            InOrder);
        var (before, after) = (Terms(world, Home(world)), Terms(world, two.Best));
        Assert.True(two.BestValue <= one.BestValue, $"two levels {two.BestValue}, one {one.BestValue}; terms before {before}, after {after}");
        Assert.True(after.Waiting + after.Utilisation < 0.7 * (before.Waiting + before.Utilisation), $"before {before}, after {after}");
    }

    [Fact]
    public void The_value_is_what_the_terms_add_up_to_and_every_rule_holds_after_every_round()
    {
        var world = Skewed(4);
        var levels = new WorldLevels(world, new WorldLevelsOptions { Moves = Moves, BundleDevices = 32 });
        var value = double.PositiveInfinity;
        for (var round = 1; round <= Rounds; round++)
        {
            InOrder(levels.Begin(Moves / Rounds, round / (double)Rounds));
            levels.End();
            Assert.Null(WorldAudit.Violation(world, levels.Best));
            Assert.Equal(Terms(world, levels.Best).Total, levels.BestValue, 1e-6 * levels.BestValue);
            Assert.True(levels.BestValue <= value);
            value = levels.BestValue;
        }

        Assert.True(levels.IsDone);
        Assert.InRange(levels.Bundles, 1, world.Tasks.Length / 3);
    }

    [Fact]
    public void Finds_the_same_plan_whatever_thread_runs_which_region()
    {
        var world = Skewed(5);
        var options = new WorldLevelsOptions { Moves = Moves, BundleDevices = 32 };
        var inOrder = Run(new WorldLevels(world, options), InOrder);
        var threaded = Run(new WorldLevels(world, options), pieces => Parallel.ForEach(pieces, p => p.Run(CancellationToken.None)));
        Assert.Equal(inOrder.Best.ToArray(), threaded.Best.ToArray());
    }

    /// <summary>
    /// Half of the tasks are made to wait in the first region, with room elsewhere. Data lies where a task is, and few have copies: classes are large, as
    /// they are where a coordinator pays.
    /// </summary>
    private static WorldModel Skewed(ulong seed)
    {
        var world = RandomWorlds.Make(seed, 6, 3000, hard: false);
        var crowded = world.Places.Select((p, n) => (p, n)).Where(x => world.Pools[x.p.Pool].Region == 0).Select(x => x.n).ToArray();
        var tasks = world.Tasks.Select((t, i) => i % 2 == 1 || (t.Regions & 1) == 0 || t.Copies >= 0
            ? t
            : t with { Home = crowded[i % crowded.Length], Kinds = uint.MaxValue });
        return world with
        {
            Tasks =
            [
                .. tasks.Select((t, i) => t with
                {
                    DataRegion = world.Pools[world.Places[t.Home].Pool].Region,
                    Copies = i % 10 == 0 ? t.Copies : -1,
                }),
            ],
            Quota = [.. world.Quota.Select(_ => 1_000_000)],
        };
    }

    private static int[] Home(WorldModel world) => [.. world.Tasks.Select(t => t.Home)];

    private static WorldTerms Terms(WorldModel world, ReadOnlySpan<int> places) => WorldAudit.Terms(world, places);

    private static void InOrder(IReadOnlyList<IPiece> pieces)
    {
        foreach (var piece in pieces) piece.Run(CancellationToken.None);
    }

    private static IOptimiser Run(IOptimiser search, Action<IReadOnlyList<IPiece>> run)
    {
        for (var round = 1; round <= Rounds; round++)
        {
            run(search.Begin(Moves / Rounds, round / (double)Rounds));
            search.End();
        }

        return search;
    }
}
