using CsCheck;
using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Lanes;
using Lepton.Scheduling.Annealing.Placing;
using Lepton.Scheduling.Annealing.Worlds;
using Lepton.Scheduling.Genetic;

namespace Lepton.Scheduling.Tests.Annealing;

/// <summary>A search may be stopped at any moment: what it has then is valid, and worth what it says.</summary>
public sealed class AnytimeTests
{
    private const int Rounds = 20;

    public enum Kind
    {
        Parts,
        Team,
        Race,
        RaceOfOne,
        Genetic,
    }

    [Theory]
    [InlineData(Kind.Parts)]
    [InlineData(Kind.Team)]
    [InlineData(Kind.Race)]
    [InlineData(Kind.RaceOfOne)]
    [InlineData(Kind.Genetic)]
    public void Stopped_between_any_two_pieces_of_a_placement(Kind kind) => Gen.Select(Gen.ULong[1, 20], Gen.Int[0, 60]).Sample(
        (seed, stopAfter) =>
        {
            var p = RandomPlacements.Make(seed, 12, 60, 4);
            var search = Make(kind, p);
            Stop(search, stopAfter);
            Assert.Null(PlacementAudit.Violation(p.Model, search.Best));
            Assert.Equal(PlacementAudit.Terms(p.Model, search.Best).Total, search.BestValue);
            Assert.True(search.BestValue <= PlacementAudit.Terms(p.Model, p.Start).Total);
        },
        iter: 25);

    [Fact]
    public void Stopped_between_any_two_pieces_of_a_world_on_two_levels() => Gen.Int[0, 40].Sample(
        stopAfter =>
        {
            var world = RandomWorlds.Make(6, 4, 300, hard: false);
            var search = new WorldLevels(world, new WorldLevelsOptions { Moves = 4_000, BundleDevices = 16 });
            Stop(search, stopAfter);
            Assert.Null(WorldAudit.Violation(world, search.Best));
            var value = WorldAudit.Terms(world, search.Best).Total;
            Assert.Equal(value, search.BestValue, 1e-6 * value);
        },
        iter: 25);

    [Fact]
    public void Stopped_in_the_middle_of_a_piece() => Gen.Select(RandomPlacements.Any, Gen.Int[1, 3000]).Sample(
        (p, looks) =>
        {
            var system = new PlacementSystem<ManyLanes>(p.Model, p.Start);
            var start = system.Value;
            using var source = new CancellationTokenSource();
            var energy = new InterruptingEnergy<PlacementEnergy<ManyLanes>>(system.Cut(new int[system.Nodes], 1)[0], source, looks);
            int[] tasks = [.. system.TasksBySize], nodes = [.. Enumerable.Range(0, system.Nodes)];
            var tally = Annealer.Run(ref energy, tasks, nodes, new Neighbourhood(), new Cooling(100, 1), new SeedStream(3), 1_000_000_000, source.Token);
            Assert.InRange(tally.Moves, 1, 1_000_000);
            var now = new int[system.Tasks];
            system.CopyTo(now);
            Assert.Null(PlacementAudit.Violation(p.Model, now));
            Assert.Equal(PlacementAudit.Terms(p.Model, now).Total, start + energy.Change);
        },
        iter: 40);

    [Fact]
    public void Plans_of_a_generation_that_never_ran_are_no_parents_of_the_next()
    {
        var p = RandomPlacements.Make(11, 12, 60, 4);
        var search = Make(Kind.Genetic, p);
        for (var round = 1; round <= Rounds; round++)
        {
            // The pieces of the first half are left out altogether.
            foreach (var piece in search.Begin(2_000, round / (double)Rounds))
            {
                if (round > Rounds / 2) piece.Run(CancellationToken.None);
            }

            search.End();
        }

        Assert.Null(PlacementAudit.Violation(p.Model, search.Best));
        Assert.True(search.BestValue < PlacementAudit.Terms(p.Model, p.Start).Total);
    }

    private static IOptimiser Make(Kind kind, RandomPlacements.Problem p)
    {
        PlacementSystem<Lanes8>[] Systems(int count) => [.. Enumerable.Range(0, count).Select(_ => new PlacementSystem<Lanes8>(p.Model, p.Start))];
        var options = new AnnealingOptions { Moves = Rounds * 2_000, Seed = 5 };
        return kind switch
        {
            Kind.Parts => new AnnealingTeam<PlacementEnergy<Lanes8>>(Systems(1), options with { Parts = 3 }),
            Kind.Team => new AnnealingTeam<PlacementEnergy<Lanes8>>(Systems(2), options with { Parts = 1 }),
            Kind.RaceOfOne => new AnnealingRace<PlacementEnergy<Lanes8>>(Systems(1), options),
            Kind.Race => new AnnealingRace<PlacementEnergy<Lanes8>>(Systems(2), options),
            _ => new GeneticSearch<PlacementEnergy<Lanes8>>(Systems(4), new GeneticOptions { Moves = Rounds * 2_000 }),
        };
    }

    /// <summary>After so many pieces the token is cancelled; the rest of that round sees it, and the next rounds do not come.</summary>
    private static void Stop(IOptimiser search, int stopAfter)
    {
        using var source = new CancellationTokenSource();
        var (ran, round) = (0, 0);
        while (!source.IsCancellationRequested && round < Rounds)
        {
            foreach (var piece in search.Begin(2_000, ++round / (double)Rounds))
            {
                if (ran++ == stopAfter) source.Cancel();
                piece.Run(source.Token);
            }

            search.End();
        }
    }
}

/// <summary>Cancels its own search after so many looks at where a task is.</summary>
internal struct InterruptingEnergy<TEnergy>(TEnergy inner, CancellationTokenSource source, int looks) : IEnergy
    where TEnergy : struct, IEnergy
{
    private readonly int[] _left = [looks];
    private TEnergy _inner = inner;

    public readonly double Change => _inner.Change;

    public readonly bool HoldsHomeWhileAway => _inner.HoldsHomeWhileAway;

    public readonly int NodeOf(int task)
    {
        if (--_left[0] == 0) source.Cancel();
        return _inner.NodeOf(task);
    }

    public readonly bool Owns(int node) => _inner.Owns(node);

    public readonly int HomeOf(int task) => _inner.HomeOf(task);

    public readonly bool Fits(int task, int node) => _inner.Fits(task, node);

    public readonly bool Holds(int node) => _inner.Holds(node);

    public readonly int NextOnNode(int task) => _inner.NextOnNode(task);

    public readonly void Prefetch(int task) => _inner.Prefetch(task);

    public readonly double ShiftDelta(int task, int node, double limit) => _inner.ShiftDelta(task, node, limit);

    public void Shift(int task, int node, double delta) => _inner.Shift(task, node, delta);

    public readonly double SwapDelta(int task, int other, double limit) => _inner.SwapDelta(task, other, limit);

    public void Swap(int task, int other, double delta) => _inner.Swap(task, other, delta);
}
