using System.Collections.Immutable;
using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Granting;
using Lepton.Scheduling.Placement.Neighbours;
using Lepton.Scheduling.Tests.StateMachines.Regions;

namespace Lepton.Scheduling.Tests.Placement.Neighbours;

/// <summary>Members of a gang stand as near together as there is room: on one node, in one rack, in one zone.</summary>
public sealed class GangSiteTests
{
    /// <summary>Up to nine nodes of 0 to 4 cores; the number of the place says zone and rack: racks 0 to 2 in zone 0, 3 to 5 in zone 1, 6 without labels.</summary>
    private static readonly Gen<((int Cores, int Place)[] Nodes, int Members)> Gangs = Gen.Select(Gen.Select(Gen.Int[0, 4], Gen.Int[0, 6]).Array[1, 9], Gen.Int[1, 8]);

    [Fact]
    public void Stands_in_one_rack_or_one_zone_whenever_one_holds_it() => Gangs.Sample(gang => Assert.Null(Breach(gang, Place)));

    [Fact]
    public void Catches_a_planted_score_that_forgets_where_the_gang_stands() =>
        Assert.ThrowsAny<Exception>(() => Gangs.Sample(gang => Assert.Null(Breach(gang, (ledger, members) => Place(ledger, members, forgetful: true)))));

    [Fact]
    public void With_a_rule_about_one_rack_it_is_placed_exactly_when_some_rack_holds_it() => Gangs.Sample(gang =>
    {
        var ledger = Ledger(gang.Nodes);
        var template = Template(gang.Members) with { Affinity = [new NearRule(DomainLevel.Rack, null, false)] };
        var placed = Place(ledger, gang.Members, template);
        var rooms = gang.Nodes.Where(n => n.Place < 6).GroupBy(n => n.Place).Select(g => g.Sum(n => n.Cores)).DefaultIfEmpty(0).Max();
        Assert.Equal(rooms >= gang.Members, placed.Count == gang.Members);
    });

    [Fact]
    public void With_a_rule_about_one_domain_it_is_placed_exactly_when_one_holds_it_however_the_labels_cross() =>
        Gen.Select(Gen.Select(Gen.Int[0, 4], Gen.Int[0, 2], Gen.Int[0, 2]).Array[1, 9], Gen.Int[1, 8], Gen.Bool).Sample((nodes, members, byRack) =>
        {
            var ledger = new NodeLedger();
            for (var n = 0; n < nodes.Length; n++)
            {
                ledger.Apply(Specs.Says(Nodes.Id(n), spec: Some.Node(nodes[n].Item1 * 1000L) with { Labels = Labels($"z{nodes[n].Item3}", $"r{nodes[n].Item2}"), Taints = n % 3 == 0 ? [new Taint("old", "", TaintEffect.PreferNoSchedule)] : [] }));
            }

            var template = Template(members) with { Affinity = [new NearRule(byRack ? DomainLevel.Rack : DomainLevel.Zone, null, false)] };
            var room = nodes.GroupBy(n => byRack ? n.Item2 : n.Item3).Max(g => g.Sum(n => n.Item1));
            Assert.Equal(room >= members, Place(ledger, members, template).Count == members);
        }, iter: 2_000);

    [Fact]
    public void Takes_the_place_that_it_fills_best()
    {
        // Racks of 2, 4 + 4 and 4 + 2 cores: six members fill the last one, though one node of the first is fuller.
        var placed = Place(Ledger([(2, 0), (4, 1), (4, 1), (4, 2), (2, 2)]), 6);

        Assert.Equal([3, 4], placed.Select(n => n.Number).Distinct().Order());
    }

    [Fact]
    public void Takes_one_node_where_one_holds_all()
    {
        var placed = Place(Ledger([(2, 0), (2, 0), (4, 1)]), 4);

        Assert.Equal([2], placed.Select(n => n.Number).Distinct());
    }

    [Fact]
    public void Where_only_zones_hold_it_takes_the_one_with_fewer_racks()
    {
        var placed = Place(Ledger([(2, 0), (2, 1), (2, 2), (3, 3), (3, 4)]), 6);

        Assert.Equal([3, 4], placed.Select(n => n.Number).Distinct().Order());
    }

    [Fact]
    public void Members_that_must_be_on_different_nodes_stand_in_the_rack_that_has_enough_of_them()
    {
        var apart = Template(2) with { AntiAffinity = [new NearRule(DomainLevel.Node, null, false)] };
        var placed = Place(Ledger([(4, 0), (1, 1), (1, 1)]), 2, apart);

        Assert.Equal([1, 2], placed.Select(n => n.Number).Order());
    }

    [Fact]
    public void Members_that_are_spread_over_zones_are_not_drawn_together()
    {
        var spread = Template(2) with { Spread = new SpreadRule(DomainLevel.Zone, 1, 0) };
        var placed = Place(Ledger([(4, 0), (4, 0), (4, 3)]), 2, spread);

        Assert.Equal([0, 1], placed.Select(n => n.ZoneDomain).Order());
    }

    [Fact]
    public void A_region_without_such_labels_places_gangs_as_other_tasks()
    {
        var ledger = Ledger([(2, 6), (4, 6)]);
        var shape = TaskShape.Of(Template(3), null, [Some.East]);

        Assert.Same(shape, new Neighbourhood(Some.East, ledger).OfGang(shape));
    }

    [Fact]
    public void A_gang_with_devices_takes_the_rack_whose_islands_hold_it()
    {
        var ledger = new NodeLedger();
        void Join(int node, string rack, params int?[] islands) => ledger.Apply(Specs.Says(Nodes.Id(node), 1, Gpus.Node([.. islands.Select((island, i) => Gpus.H100((node * 8) + i, island))]) with
        {
            Labels = Labels("a", rack),
        }) with { Devices = [.. islands.Select((_, i) => new DeviceState($"GPU-{(node * 8) + i}", DevicePhase.Healthy, Some.Epoch1, MachineHarness.Start, null))] });
        Join(0, "r0", 0, 0, 1, 1);          // two pairs
        Join(1, "r1", 0, 0);                // one pair each
        Join(2, "r1", 0, 1);                // no pair
        Join(3, "r2", 0, 0);
        Join(4, "r2", 0, 0, 1, 1);
        var ask = Gpus.Ask(2) with { OneIsland = true };
        Assert.Equal([2, 1, 0, 1, 2], ledger.Nodes.Select(n => DeviceFit.Rooms(ask, n)));
        Assert.Equal(4, DeviceFit.Rooms(Gpus.Ask(), ledger.Nodes[0]));
        Assert.Equal(1, DeviceFit.Rooms(Gpus.Ask(2) with { MaxCount = 4 }, ledger.Nodes[0]));
        Assert.Equal(8, DeviceFit.Rooms(Gpus.Ask(share: 500), ledger.Nodes[0]));

        var template = Gpus.Template(ask) with { GangSize = 3 };
        var book = new Neighbourhood(Some.East, ledger);
        var shape = book.OfGang(TaskShape.Of(template, null, [Some.East]));
        shape.Neighbours!.Site!.Settle(shape, 3, shape.Neighbours);
        var boards = new DeviceBoards(ledger, check: true);
        var nodes = new List<int>();
        for (var task = 0; task < 3; task++)
        {
            var node = boards.Pick(shape, out var devices)!;
            ledger.Offer(Some.Task(task), 0, node.Id, template.Demand.Capacity, devices);
            nodes.Add(node.Number);
        }

        Assert.Equal([3, 4], nodes.Distinct().Order());
    }

    [Fact]
    public void Scores_a_large_region_without_allocating_again()
    {
        var ledger = Ledger([.. Enumerable.Range(0, 500).Select(i => (4, i % 6))]);
        var shape = new Neighbourhood(Some.East, ledger).OfGang(TaskShape.Of(Template(8), null, [Some.East]));
        var site = shape.Neighbours!.Site!;
        site.Settle(shape, 8, shape.Neighbours!);
        var version = site.Version;

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++) site.Settle(shape, 8, shape.Neighbours!);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(version, site.Version);
    }

    [Fact]
    public void A_region_places_a_gang_in_one_rack_and_after_a_restart_again()
    {
        var region = RegionHarness.Confirmed();
        foreach (var (node, cores, rack) in new[] { ("n1", 1000L, "a"), ("n2", 4000L, "b"), ("n3", 4000L, "b") })
        {
            region.Ask(Specs.Says(new NodeId(Some.East, node), spec: Some.Node(cores) with { Labels = Labels("z", rack) }));
        }

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("gang", 0, 6, Template(6)))));

        Assert.Equal(["n2", "n3"], region.Dispatches().Select(d => d.Node!.Value.Name).Distinct().Order());
    }

    /// <summary>Null when the members stand as near together as any place allows, by trying every place.</summary>
    private static string? Breach(((int Cores, int Place)[] Nodes, int Members) gang, Func<NodeLedger, int, List<NodeEntry>> place)
    {
        var ledger = Ledger(gang.Nodes);
        var placed = place(ledger, gang.Members);
        if ((placed.Count == gang.Members) != (gang.Nodes.Sum(n => n.Cores) >= gang.Members)) return "not placed, or placed without room";
        if (placed.Count < gang.Members) return null;
        bool Holds(Func<(int Cores, int Place), bool> where) => gang.Nodes.Where(where).Sum(n => n.Cores) >= gang.Members;
        var places = placed.Select(n => gang.Nodes[n.Number].Place).Distinct().ToList();
        if (gang.Nodes.Any(n => n.Cores >= gang.Members) && gang.Nodes.Any(n => n.Place < 6)) return placed.Distinct().Count() == 1 ? null : "one node holds it";
        if (Enumerable.Range(0, 6).Any(p => Holds(n => n.Place == p))) return places.Count == 1 && places[0] < 6 ? null : "one rack holds it";
        if (Holds(n => n.Place < 3) || Holds(n => n.Place is >= 3 and < 6)) return places.TrueForAll(p => p < 3) || places.TrueForAll(p => p is >= 3 and < 6) ? null : "one zone holds it";
        return null;
    }

    private static List<NodeEntry> Place(NodeLedger ledger, int members) => Place(ledger, members, Template(members));

    private static List<NodeEntry> Place(NodeLedger ledger, int members, bool forgetful)
    {
        Assert.True(forgetful);
        return Place(ledger, members, Template(members), TaskShape.Of(Template(members), null, [Some.East]));
    }

    private static List<NodeEntry> Place(NodeLedger ledger, int members, TaskTemplate template, TaskShape? wrong = null)
    {
        var book = new Neighbourhood(Some.East, ledger);
        var shape = wrong ?? TaskShape.Of(template, null, [Some.East]);
        if (Neighbourhood.HasRules(template))
        {
            book.Start();
            shape = book.Of(shape, TenantId.Default, Some.Job, template);
        }
        else if (wrong is null)
        {
            shape = book.OfGang(shape);
        }

        if (shape.Neighbours is { Site: { } site } rules) site.Settle(shape, members, rules);
        var (placer, placed) = (new Placer(), new List<NodeEntry>());
        for (var task = 0; task < members; task++)
        {
            if (placer.Pick(shape, ledger) is not { } node) break;
            ledger.Offer(Some.Task(task), 0, node.Id, shape.Demand.Capacity);
            if (book.IsOn) book.Enter(Some.Task(task), TenantId.Default, template, node, Some.East);
            placed.Add(node);
        }

        return placed;
    }

    private static NodeLedger Ledger((int Cores, int Place)[] nodes)
    {
        var ledger = new NodeLedger();
        for (var n = 0; n < nodes.Length; n++)
        {
            var (cores, place) = nodes[n];
            var labels = place == 6 ? ImmutableSortedDictionary<string, string>.Empty : Labels(place < 3 ? "a" : "b", $"r{place}");
            ledger.Apply(Specs.Says(Nodes.Id(n), 1, new NodeSpec(Some.Cpus(cores * 1000, 65536), [], labels, "1.0")));
        }

        return ledger;
    }

    private static ImmutableSortedDictionary<string, string> Labels(string zone, string rack) =>
        ImmutableSortedDictionary<string, string>.Empty.Add("zone", zone).Add("rack", rack);

    private static TaskTemplate Template(int members) => Some.Template() with { GangSize = members };
}
