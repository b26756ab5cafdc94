using System.Collections.Immutable;
using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Neighbours;

namespace Lepton.Scheduling.Tests.Placement.Neighbours;

/// <summary>Affinity, anti-affinity and spread: what is chosen is what the rules allow, however tasks come and go.</summary>
public sealed class NeighboursTests
{
    private static readonly Gen<ImmutableSortedDictionary<string, string>?> Whom = Gen.OneOf<ImmutableSortedDictionary<string, string>?>(
        Gen.Const((ImmutableSortedDictionary<string, string>?)null), Gen.Const((ImmutableSortedDictionary<string, string>?)Labels("x")), Gen.Const((ImmutableSortedDictionary<string, string>?)Labels("y")));

    private static readonly Gen<NearRule> Rule = Gen.Select(Gen.Enum<DomainLevel>(), Whom, Gen.Int[0, 4], (by, whom, wish) => new NearRule(by, whom, wish == 0));

    private static readonly Gen<TaskTemplate> Template = Gen.Select(Gen.Int[0, 2], Rule, Rule, Gen.Int[0, 7], Gen.Select(Gen.Enum<DomainLevel>(), Gen.Int[0, 2], Gen.Int[0, 2]), Gen.Int[1, 2]).Select((app, one, two, kind, spread, cores) =>
    {
        var bare = Some.Template(cores * 1000) with { Labels = app == 2 ? Labels("") : Labels(app == 0 ? "x" : "y") };
        return kind switch
        {
            0 or 1 => bare with { AntiAffinity = [one] },
            2 => bare with { AntiAffinity = [one, two] },
            3 => bare with { Affinity = [one] },
            4 => bare with { Affinity = [one], AntiAffinity = [two] },
            5 or 6 => bare with { Spread = new SpreadRule(spread.Item1, spread.Item2, spread.Item3) },
            _ => bare,
        };
    });

    private static readonly Gen<(int[] Cores, string[] Zones, TaskTemplate[] Templates, int[] Steps)> Life = Gen.Select(
        Gen.Int[1, 4].Array[5], Gen.Int[0, 3].Array[5], Template.Array[3], Gen.Int[0, 29].Array[14],
        (cores, zones, templates, steps) => (cores, zones.Select(z => z == 0 ? "" : z == 1 ? "b" : "a").ToArray(), templates.Select((t, i) => t with { Group = $"g{i}" }).ToArray(), steps));

    [Fact]
    public void Chooses_a_node_exactly_when_the_rules_leave_one() => Life.Sample(life => Lives(life, (street, job, template) => street.Pick(job, template)), iter: 3000);

    [Theory]
    [InlineData("nothing")]
    [InlineData("anti-affinity")]
    [InlineData("spread")]
    [InlineData("others")]
    public void A_filter_that_forgets_something_is_found(string forgotten)
    {
        NodeEntry? Wrong(Street street, int job, TaskTemplate template) => street.Pick(job + (forgotten == "others" ? 100 : 0), forgotten switch
        {
            "anti-affinity" => template with { AntiAffinity = [], Group = "wrong" },
            "spread" => template with { Spread = null, Group = "wrong" },
            "nothing" => template with { Affinity = [], AntiAffinity = [], Spread = null, Labels = Labels(""), Group = "wrong" },
            _ => template,
        });

        Assert.ThrowsAny<Exception>(() => Life.Sample(life => Lives(life, Wrong), iter: 3000));
    }

    [Fact]
    public void A_wish_goes_before_what_packs_well()
    {
        var street = new Street([4, 4, 4], ["a", "a", "b"]);
        var away = Some.Template() with { AntiAffinity = [new NearRule(DomainLevel.Zone, null, true)] };

        Assert.Equal([0, 2, 0, 2], Enumerable.Range(0, 4).Select(_ => street.Place(1, away)!.Number));

        var near = Some.Template() with { Affinity = [new NearRule(DomainLevel.Node, null, true)], Group = "near" };
        street.Put(2, Some.Template(), street.Ledger.Nodes[1]);
        Assert.Equal(1, street.Place(2, near)!.Number);
        Assert.Equal(1, street.Place(2, near)!.Number);
        Assert.Equal(1, street.Place(2, near)!.Number);
        Assert.NotNull(street.Place(2, near));          // its node is full, and it was only a wish
    }

    [Fact]
    public void Spread_without_limits_is_even()
    {
        var street = new Street([4, 8, 8, 8], ["a", "a", "b", "c"]);
        var spread = Some.Template() with { Spread = new SpreadRule(DomainLevel.Zone, 0, 0) };

        for (var i = 0; i < 9; i++) Assert.NotNull(street.Place(1, spread));

        Assert.Equal([3, 3, 3], street.Placed.GroupBy(p => p.Node.Spec!.Labels["zone"]).Select(g => g.Count()));
    }

    [Fact]
    public void A_node_that_moves_to_another_zone_takes_its_tasks_along()
    {
        var street = new Street([4, 4, 4], ["a", "b", "b"]);
        var apart = Some.Template() with { AntiAffinity = [new NearRule(DomainLevel.Zone, null, false)] };
        Assert.Equal(0, street.Place(1, apart)!.Number);

        street.Join(0, 4, "b", version: 2);
        Assert.Null(street.Pick(1, apart));
        street.Join(2, 4, "a", version: 2);
        Assert.Equal(2, street.Pick(1, apart)!.Number);
    }

    [Fact]
    public void Counts_are_the_same_after_groups_without_tasks_were_forgotten()
    {
        var street = new Street([4, 4], ["a", "b"]);
        var apart = Some.Template() with { AntiAffinity = [new NearRule(DomainLevel.Zone, null, false)] };
        street.Put(1, apart, street.Ledger.Nodes[0]);
        for (var job = 10; job < 5000; job++) street.Shape(job, apart);

        street.Book.Prune();

        Assert.Equal(1, street.Pick(1, apart)!.Number);
        Assert.Equal(0, street.Pick(2, apart)!.Number);
        Assert.Equal(1, street.Pick(1, Some.Template() with { Group = "other" })!.Number);
    }

    [Fact]
    public void Labels_reach_no_further_than_the_tenant()
    {
        var street = new Street([4], ["a"]);
        var apart = Some.Template() with { Labels = Labels("x"), AntiAffinity = [new NearRule(DomainLevel.Node, Labels("x"), false)] };
        street.Put(1, apart, street.Ledger.Nodes[0]);

        Assert.Null(street.Pick(2, apart));
        var shape = street.Book.Of(TaskShape.Of(apart, null, [Some.East]), new TenantId("other"), Street.Job(3), apart);
        Assert.NotNull(new Placer().Pick(shape, street.Ledger));
    }

    [Fact]
    public void Asks_neighbours_of_many_nodes_without_allocating()
    {
        var street = new Street([.. Enumerable.Repeat(4, 200)], [.. Enumerable.Range(0, 200).Select(i => $"z{i % 7}")]);
        var template = Some.Template() with { AntiAffinity = [new NearRule(DomainLevel.Node, null, false)], Spread = new SpreadRule(DomainLevel.Zone, 5, 2) };
        for (var i = 0; i < 20; i++) street.Place(1, template);
        var (placer, shape) = (new Placer(), street.Shape(1, template));
        placer.Pick(shape, street.Ledger);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) placer.Pick(shape, street.Ledger);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Devices_are_chosen_among_the_nodes_that_the_rules_leave()
    {
        var ledger = new NodeLedger();
        var book = new Neighbourhood(Some.East, ledger);
        book.Start();
        for (var i = 0; i < 3; i++) ledger.Apply(Specs.Says(Nodes.Id(i), 1, Gpus.Node(Gpus.H100(i * 2), Gpus.H100((i * 2) + 1))) with { Devices = [Healthy(i * 2), Healthy((i * 2) + 1)] });
        var template = Gpus.Template(Gpus.Ask()) with { AntiAffinity = [new NearRule(DomainLevel.Node, null, false)] };
        var boards = new Scheduling.Placement.Granting.DeviceBoards(ledger, check: true);

        var seen = new HashSet<NodeId>();
        for (var task = 0; task < 3; task++)
        {
            var shape = book.Of(TaskShape.Of(template, null, [Some.East]), TenantId.Default, Some.Job, template);
            var node = boards.Pick(shape, out var devices)!;
            Assert.True(seen.Add(node.Id));
            ledger.Offer(Some.Task(task), 0, node.Id, template.Demand.Capacity, devices);
            book.Enter(Some.Task(task), TenantId.Default, template, node, Some.East);
        }

        Assert.Null(boards.Pick(book.Of(TaskShape.Of(template, null, [Some.East]), TenantId.Default, Some.Job, template), out _));
        book.Leave(Some.Task(1));
        ledger.Unoffer(Some.Task(1));
        Assert.NotNull(boards.Pick(book.Of(TaskShape.Of(template, null, [Some.East]), TenantId.Default, Some.Job, template), out _));
    }

    private static DeviceState Healthy(int number) => new($"GPU-{number}", DevicePhase.Healthy, Some.Epoch1, MachineHarness.Start, null);

    private static void Lives((int[] Cores, string[] Zones, TaskTemplate[] Templates, int[] Steps) life, Func<Street, int, TaskTemplate, NodeEntry?> pick)
    {
        var street = new Street(life.Cores, life.Zones);
        foreach (var step in life.Steps)
        {
            if (step >= 20)
            {
                if (street.Placed.Count > 0) street.Remove(step % street.Placed.Count);
                continue;
            }

            var (job, template) = (step % 2, life.Templates[step % 3]);
            var allowed = street.Ledger.Nodes.Where(n => street.May(job, template, n)).ToList();
            var node = pick(street, job, template);
            Assert.Equal(allowed.Count > 0, node is not null);
            if (node is null) continue;
            Assert.Contains(node, allowed);
            street.Put(job, template, node);
        }
    }

    private static ImmutableSortedDictionary<string, string> Labels(string app) =>
        app.Length == 0 ? ImmutableSortedDictionary<string, string>.Empty : ImmutableSortedDictionary<string, string>.Empty.Add("app", app);
}
