using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Placement;

namespace Lepton.Scheduling.Tests.Placement;

public sealed class PlacerTests
{
    private static readonly Gen<Capacity> Size = Gen.Select(Gen.Int[0, 8], Gen.Int[0, 8], (cpu, mib) => Some.Cpus(cpu * 1000, mib * 1024));

    [Fact]
    public void Fills_the_fullest_node_first()
    {
        var ledger = Nodes.Ledger(Some.Cpus(8000, 8192), Some.Cpus(4000, 4096));

        Assert.Equal(Nodes.Id(1), new Placer().Pick(Nodes.Shape(Some.Cpus(1000)), ledger)!.Id);
    }

    [Fact]
    public void Gives_ties_to_the_first_name()
    {
        var ledger = new NodeLedger();
        foreach (var number in new[] { 3, 1, 2 }) ledger.Add(number, Some.Cpus(4000, 4096));

        Assert.Equal(Nodes.Id(1), new Placer().Pick(Nodes.Shape(Some.Cpus(1000)), ledger)!.Id);
    }

    [Fact]
    public void Places_exactly_what_some_node_has_room_for() => Gen.Select(Size.Array[4], Size.Array[4]).Sample((sizes, asked) =>
    {
        var ledger = Nodes.Ledger(sizes);
        var placer = new Placer();
        var free = sizes.ToArray();
        for (var task = 0; task < asked.Length; task++)
        {
            var node = placer.Pick(Nodes.Shape(asked[task]), ledger);
            Assert.Equal(free.Any(f => f.Fits(asked[task])), node is not null);
            if (node is null) continue;
            ledger.Place(task, node, Nodes.Shape(asked[task]));
            var at = Enumerable.Range(0, 4).Single(i => Nodes.Id(i) == node.Id);
            Assert.True(free[at].Fits(asked[task]));
            free[at] -= asked[task];
            Assert.Equal(free[at], node.Free);
        }
    });

    [Fact]
    public void Takes_the_node_that_is_fullest_afterwards() => Gen.Select(Size.Array[4], Size.Array[4]).Sample((sizes, asked) =>
    {
        var placer = new Placer();
        Assert.Null(FirstPoorChoice(sizes, asked, placer.Pick));
    });

    [Theory]
    [InlineData("takes the emptiest")]
    [InlineData("takes the first")]
    [InlineData("takes the last of equals")]
    [InlineData("forgets memory")]
    [InlineData("looks at the size of the node")]
    public void Catches_a_planted_score_that(string mistake) => Planted.IsCaught(() => Gen.Select(Size.Array[4], Size.Array[4]).Sample(
        (sizes, asked) => Assert.Null(FirstPoorChoice(sizes, asked, (shape, ledger) =>
        {
            var fits = ledger.Nodes.Where(n => Placer.TurnedDownBy(shape, n) is null);
            double Left(NodeEntry node) => LeftOn(node.Total, node.Free, shape.Demand.Capacity);
            return mistake switch
            {
                "takes the emptiest" => fits.MaxBy(Left),
                "takes the first" => fits.FirstOrDefault(),
                "takes the last of equals" => fits.Reverse().MinBy(Left),
                "forgets memory" => fits.MinBy(n => n.Total.MilliCpu == 0 ? 0 : (double)n.Free.MilliCpu / n.Total.MilliCpu),
                _ => fits.MinBy(n => n.Total.MilliCpu),
            };
        })),
        iter: 20_000));

    [Fact]
    public void Chooses_the_same_with_and_without_what_it_remembers() => Gen.Select(Size.Array[1, 6], Size.Array[1, 3], Gen.Int[0, 2].Array[12]).Sample((sizes, kinds, order) =>
    {
        var (remembered, fresh) = (Nodes.Ledger(sizes), Nodes.Ledger(sizes));
        var placer = new Placer();
        for (var task = 0; task < order.Length; task++)
        {
            var shape = Nodes.Shape(kinds[order[task] % kinds.Length]);
            var expected = new Placer().Pick(shape, fresh);
            var node = placer.Pick(shape, remembered);
            Assert.Equal(expected?.Id, node?.Id);
            if (node is null) continue;
            remembered.Place(task, node, shape);
            fresh.Place(task, expected!, shape);
        }
    });

    [Fact]
    public void Makes_nothing_unplaceable_by_one_more_empty_node() => Gen.Select(Size.Array[1, 4], Size.Array[1, 6], Size).Sample((sizes, asked, more) =>
    {
        var without = Nodes.Ledger(sizes);
        var with = Nodes.Ledger([.. sizes, more]);
        for (var task = 0; task < asked.Length; task++)
        {
            var shape = Nodes.Shape(asked[task]);
            var node = new Placer().Pick(shape, without);
            if (node is not null) Assert.NotNull(new Placer().Pick(shape, with));
            if (node is null) continue;
            without.Place(task, node, shape);
            with.Place(task, with.Find(node.Id)!, shape);       // the same load on both
        }
    });

    [Fact]
    public void Asks_every_filter()
    {
        var ledger = Nodes.Ledger(Some.Cpus(4000, 4096));
        var node = ledger.Nodes[0];
        string? TurnedDown(TaskShape shape) => Placer.TurnedDownBy(shape, node)?.Name;

        Assert.Null(TurnedDown(Nodes.Shape(Some.Cpus(4000, 4096))));
        Assert.Equal("EnoughCpu", TurnedDown(Nodes.Shape(Some.Cpus(4001, 4096))));
        Assert.Equal("EnoughMemory", TurnedDown(Nodes.Shape(Some.Cpus(4000, 4097))));
        Assert.Equal("NotAvoided", TurnedDown(Nodes.Shape(Some.Cpus(1), Nodes.Id(0).ToString())));
        Assert.Equal("AllowedRegion", TurnedDown(Nodes.Shape(Some.Cpus(1), Some.East.Value)));
        Assert.Equal("DeviceKind", TurnedDown(TaskShape.Of(Some.Template() with { Demand = new Demand(Some.Cpus(1)) { Asks = [new DeviceAsk()] } }, null, [Some.East])));
        ledger.Rest(node.Id, MachineHarness.Start.AddSeconds(1));
        ledger.WakeRested(MachineHarness.Start);
        Assert.Equal("Ready", TurnedDown(Nodes.Shape(Some.Cpus(1))));
        ledger.WakeRested(MachineHarness.Start.AddSeconds(1));
        Assert.Null(TurnedDown(Nodes.Shape(Some.Cpus(1))));
        ledger.Apply(Specs.Says(node.Id, 2, phase: NodePhase.Suspect));
        Assert.Equal("Ready", TurnedDown(Nodes.Shape(Some.Cpus(1))));
    }

    [Fact]
    public void Picks_again_and_again_without_allocating()
    {
        var ledger = Nodes.Ledger([.. Enumerable.Repeat(Some.Cpus(4000, 4096), 200)]);
        var (placer, shapes) = (new Placer(), new[] { Nodes.Shape(Some.Cpus(1000)), Nodes.Shape(Some.Cpus(2000)) });
        foreach (var shape in shapes) placer.Pick(shape, ledger);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) placer.Pick(shapes[i % 2], ledger);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Places one task after the other; the first that is left out, put where it has no room, or put where more is left than elsewhere.</summary>
    private static string? FirstPoorChoice(Capacity[] sizes, Capacity[] asked, Func<TaskShape, NodeLedger, NodeEntry?> choose)
    {
        var ledger = Nodes.Ledger(sizes);
        var free = sizes.ToArray();
        for (var task = 0; task < asked.Length; task++)
        {
            var (want, shape) = (asked[task], Nodes.Shape(asked[task]));
            int[] fits = [.. Enumerable.Range(0, sizes.Length).Where(i => free[i].Fits(want))];
            var node = choose(shape, ledger);
            if (node is null && fits.Length == 0) continue;
            if (node is null) return $"task {task} fits {fits.Length} nodes and is placed on none";
            var at = Enumerable.Range(0, sizes.Length).Single(i => Nodes.Id(i) == node.Id);
            if (!fits.Contains(at)) return $"task {task} does not fit node {at}";
            var (left, least) = (LeftOn(sizes[at], free[at], want), fits.Min(i => LeftOn(sizes[i], free[i], want)));
            if (left > least + 1e-9) return $"task {task} leaves {left} of node {at}, of another {least}";
            if (fits.First(i => sizes[i] == sizes[at] && free[i] == free[at]) is var first && first != at) return $"task {task} is on node {at}, node {first} is its equal";
            ledger.Place(task, node, shape);
            free[at] -= want;
        }

        return null;
    }

    /// <summary>What is left of a node, as the mean share of both resources.</summary>
    private static double LeftOn(Capacity total, Capacity free, Capacity asked) =>
        (Share(free.MilliCpu - asked.MilliCpu, total.MilliCpu) + Share(free.MemoryBytes - asked.MemoryBytes, total.MemoryBytes)) / 2;

    private static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
