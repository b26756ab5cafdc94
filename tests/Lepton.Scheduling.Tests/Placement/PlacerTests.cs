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
}
