using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Tests.StateMachines.Regions;

/// <summary>Room for those who must be kept apart: reserved and freed where failure domains let all of them in, and kept so by what starts meanwhile.</summary>
public sealed class RegionApartRoomsTests
{
    private static readonly NodeId N3 = new(Some.East, "n3");
    private static readonly JobId Long = new(Some.East, "long");
    private static readonly JobId Short = new(Some.East, "short");
    private static readonly JobId Gang = new(Some.East, "gang");
    private static readonly JobId Late = new(Some.East, "late");
    private static readonly RegionSettings Alone = Some.Settings() with { Fleet = [Some.East], MinimumRun = TimeSpan.Zero, ReserveAfter = TimeSpan.Zero };

    private readonly RegionLife _life = new();

    [Fact]
    public void Reserves_for_members_that_must_be_apart_as_many_domains_as_they_need()
    {
        var region = Region(Some.N1, Some.N2);
        region.Ask(Ready(Long, 50, 1, Plain(4000, limit: 100)));
        region.Ask(Ready(Short, 50, 1, Plain(4000, limit: 40)));
        _life.Runs(region);
        region.Ask(Ready(Gang, 50, 2, Apart(2000, gang: 2, limit: 60)));

        var waits = region.Explain(new TaskId(Gang, 1));
        Assert.Contains("room on us-east/n1, us-east/n2 is reserved for the 2 members of its gang from 2026-01-01 00:01:40Z on", waits.Evidence, StringComparison.Ordinal);
        Assert.Equal(MachineHarness.Start.AddSeconds(100), waits.Start!.Expected);

        // One node has room for both of them, which does not help; what fits beside one member may use it, what would be in its way may not.
        region.Pass(TimeSpan.FromSeconds(40));
        _life.Ends(region, Short);
        Assert.DoesNotContain(region.Dispatches(), d => d.Run.Task.Job == Gang);
        region.Ask(Ready(Late, 50, 1, Plain(4000, limit: 61)));
        Assert.DoesNotContain(region.Dispatches(), d => d.Run.Task.Job == Late);
        region.Ask(Ready(new JobId(Some.East, "beside"), 50, 1, Plain(2000)));
        Assert.Equal("beside", region.Dispatches()[^1].Run.Task.Job.Key);
        _life.Runs(region);
        region.Pass(TimeSpan.FromSeconds(60));
        _life.Ends(region, Long);

        Assert.Equal([(Gang, Some.N1), (Gang, Some.N2)], region.Dispatches().TakeLast(2).Select(d => (d.Run.Task.Job, d.Node!.Value)).OrderBy(d => d.Value));
    }

    [Fact]
    public void Takes_a_node_off_standby_that_members_need_to_be_apart()
    {
        var region = RegionHarness.Confirmed(Alone with { StandbyNodes = 2 }).WithNodes(Some.N1, Some.N2, N3, new(Some.East, "n4"));
        region.Ask(Ready(Gang, 50, 3, Apart(1000, gang: 3)));
        Assert.Empty(region.Dispatches());         // two nodes have room for eight, apart for two
        region.Pass(TimeSpan.FromSeconds(2));

        Assert.Equal(3, region.Dispatches().Select(d => d.Node).Distinct().Count());
    }

    [Fact]
    public void Keeps_standby_from_wandering_to_another_node_of_the_one_rack_that_holds_a_gang()
    {
        var region = RegionHarness.Confirmed(Alone with { StandbyNodes = 1 });
        foreach (var (node, cores, rack) in new[] { ("n1", 6000L, "a"), ("n2", 4000L, "a"), ("n3", 7000L, "b"), ("n4", 5000L, "a") })
        {
            region.Ask(Specs.Says(new NodeId(Some.East, node), spec: Some.Node(cores) with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("rack", rack) }));
        }

        region.Ask(Ready(Gang, 50, 4, Plain(3000, gang: 4) with { Affinity = [new NearRule(DomainLevel.Rack, null, false)] }));
        for (var pass = 0; pass < 2; pass++) region.Pass(TimeSpan.FromSeconds(2));

        Assert.Equal(["n1", "n1", "n2", "n4"], region.Dispatches().Select(d => d.Node!.Value.Name).Order());
    }

    [Fact]
    public void A_gang_that_must_be_in_one_rack_takes_its_own_room_there_rather_than_begin_in_another()
    {
        var region = RegionHarness.Confirmed(Alone);
        foreach (var (node, cores, rack) in new[] { ("n1", 4000L, "a"), ("n2", 4000L, "a"), ("n3", 7000L, "b") })
        {
            region.Ask(Specs.Says(new NodeId(Some.East, node), spec: Some.Node(cores) with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("rack", rack) }));
        }

        region.Ask(Ready(Long, 50, 2, Plain(4000, limit: 100) with { Avoid = ["us-east/n3"] }));
        _life.Runs(region);
        region.Ask(Ready(Gang, 50, 4, Plain(2000, gang: 4) with { Affinity = [new NearRule(DomainLevel.Rack, null, false)] }));
        Assert.Contains("room on us-east/n1, us-east/n2 is reserved for the 4 members of its gang", region.Explain(new TaskId(Gang, 0)).Evidence, StringComparison.Ordinal);
        foreach (var order in region.Dispatches().ToArray())
        {
            region.Ask(new TaskSettled(order.Run.Task, order.After + 1));
            _life.Frees(region, new AttemptId(order.Run.Task, order.After + 1));
        }

        Assert.Equal(["n1", "n1", "n2", "n2"], region.Dispatches().Where(d => d.Run.Task.Job == Gang).Select(d => d.Node!.Value.Name).Order());
    }

    [Fact]
    public void A_gang_that_must_be_in_one_rack_begins_where_it_can_be_whole_though_it_is_not_welcome_there()
    {
        var region = RegionHarness.Confirmed(Alone with { Reservations = 0 });
        foreach (var (node, cores, rack) in new[] { ("n1", 6000L, "a"), ("n2", 4000L, "a"), ("n3", 7000L, "b"), ("n4", 5000L, "a") })
        {
            region.Ask(Specs.Says(new NodeId(Some.East, node), spec: Some.Node(cores) with
            {
                Labels = ImmutableSortedDictionary<string, string>.Empty.Add("rack", rack).Add("zone", node is "n1" or "n3" ? "a" : "b"),
                Taints = rack == "a" ? [new Taint("old", "", TaintEffect.PreferNoSchedule)] : [],
            }));
        }

        region.Ask(Ready(Gang, 50, 4, Plain(3000, gang: 4) with { Affinity = [new NearRule(DomainLevel.Rack, null, false)] }));

        Assert.Equal(["n1", "n1", "n2", "n4"], region.Dispatches().Select(d => d.Node!.Value.Name).Order());
    }

    [Fact]
    public void Does_not_take_a_gang_for_one_that_never_fits_because_it_wants_to_be_near_another_job()
    {
        var region = Region(Some.N1, Some.N2);
        var near = Plain(1000, gang: 2) with { Affinity = [new NearRule(DomainLevel.Node, App("cache"), false)] };
        var outlook = Assert.Single(((Outlooks)region.Ask(new AskOutlook(Specs.Job(Specs.Group("only", 0, 2, near)), []))!).Tasks);
        Assert.True(outlook.CanEver);
        Assert.Equal(PendingReason.NoEligibleNode, outlook.Reason);
        region.Ask(Ready(Gang, 50, 2, near));
        Assert.Equal(PendingReason.NoEligibleNode, region.Explain(new TaskId(Gang, 0)).Reason);
        region.Ask(Ready(Long, 50, 1, Plain(1000) with { Labels = App("cache") }));
        _life.Runs(region);
        region.Pass(TimeSpan.FromSeconds(2));

        Assert.Equal([Gang, Gang], region.Dispatches().Skip(1).Select(d => d.Run.Task.Job));
        Assert.Single(region.Dispatches().Select(d => d.Node).Distinct());
    }

    [Fact]
    public void Puts_off_only_whom_domains_make_necessary()
    {
        var region = Region(Some.N1, Some.N2, N3);
        region.Ask(Ready(Long, 10, 1, Plain(4000)));
        region.Ask(Ready(Short, 10, 1, Plain(3000)));
        _life.Runs(region);
        var busy = region.Dispatches().Select(d => d.Node!.Value).ToHashSet();
        Assert.Equal(2, busy.Count);
        region.Pass(TimeSpan.FromSeconds(10));
        region.Ask(Ready(Gang, 90, 2, Apart(2000, gang: 2)));

        var stop = Assert.Single(RegionLife.Stops(region));         // together they would fit on the empty node
        Assert.Equal(Short, stop.Attempt.Task.Job);                 // it holds less
        Assert.Equal(PendingReason.WaitingForVictims, region.Explain(new TaskId(Gang, 0)).Reason);
        region.Ask(new TaskWaits(stop.Attempt, region.Now, AttemptEndCause.Preempted, "put off", null, 0, null));
        _life.Frees(region, stop.Attempt);

        var members = region.Dispatches().Where(d => d.Run.Task.Job == Gang).Select(d => d.Node!.Value).ToList();
        Assert.Equal(2, members.Distinct().Count());
        Assert.Equal(2, members.Count);
    }

    [Fact]
    public void Puts_nobody_off_where_domains_would_not_suffice_all_the_same()
    {
        var region = Region(Some.N1, Some.N2);
        region.Ask(Ready(Long, 10, 2, Plain(4000)));
        _life.Runs(region);

        region.Ask(Ready(Gang, 90, 3, Apart(1000, gang: 3)));

        Assert.Empty(RegionLife.Stops(region));
        Assert.DoesNotContain("is reserved", region.Explain(new TaskId(Gang, 0)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Puts_off_whoever_keeps_it_away_though_there_is_room()
    {
        var region = Region(Some.N1);
        region.Ask(Ready(Long, 10, 1, Plain(1000) with { Labels = App("noise") }));
        _life.Runs(region);

        region.Ask(Ready(Gang, 90, 1, Plain(1000) with { AntiAffinity = [new NearRule(DomainLevel.Node, App("noise"), false)] }));

        Assert.Equal(Long, Assert.Single(RegionLife.Stops(region)).Attempt.Task.Job);
        region.Ask(new TaskWaits(RegionLife.Stops(region)[0].Attempt, region.Now, AttemptEndCause.Preempted, "put off", null, 0, null));
        _life.Frees(region, RegionLife.Stops(region)[0].Attempt);
        Assert.Equal(Gang, region.Dispatches()[^1].Run.Task.Job);
    }

    [Fact]
    public void Lets_nobody_start_whom_it_must_be_away_from_unless_it_is_gone_by_then()
    {
        var region = Region(Some.N1, Some.N2);
        region.Ask(Ready(Long, 50, 1, Plain(4000, limit: 100)));
        _life.Runs(region);
        var quiet = Plain(2000, gang: 2, limit: 60) with { AntiAffinity = [new NearRule(DomainLevel.Node, App("noise"), false), new NearRule(DomainLevel.Node, null, false)] };
        region.Ask(Ready(Gang, 50, 2, quiet));
        Assert.Contains("is reserved for the 2 members", region.Explain(new TaskId(Gang, 0)).Evidence, StringComparison.Ordinal);

        var noise = Plain(1000) with { Labels = App("noise") };
        region.Ask(Ready(Short, 50, 1, noise));
        region.Ask(Ready(Late, 50, 1, noise with { TimeLimit = TimeSpan.FromSeconds(101) }));
        Assert.DoesNotContain(region.Dispatches(), d => d.Run.Task.Job == Short || d.Run.Task.Job == Late);
        region.Ask(Ready(new JobId(Some.East, "gone"), 50, 1, noise with { TimeLimit = TimeSpan.FromSeconds(99) }));
        region.Ask(Ready(new JobId(Some.East, "still"), 50, 1, Plain(1000)));
        Assert.Equal(["gone", "still"], region.Dispatches().TakeLast(2).Select(d => d.Run.Task.Job.Key));
    }

    [Fact]
    public void Lets_nobody_start_that_would_keep_it_away()
    {
        var region = Region(Some.N1, Some.N2);
        region.Ask(Ready(Long, 50, 1, Plain(4000, limit: 100)));
        _life.Runs(region);
        region.Ask(Ready(Gang, 50, 2, Apart(2000, gang: 2, limit: 60) with { Labels = App("train") }));

        region.Ask(Ready(Short, 50, 1, Plain(1000) with { AntiAffinity = [new NearRule(DomainLevel.Node, App("train"), false)] }));

        Assert.DoesNotContain(region.Dispatches(), d => d.Run.Task.Job == Short);
    }

    /// <summary>Both need both nodes, and each would be in the other's way: they take turns.</summary>
    [Fact]
    public void Two_gangs_that_must_be_apart_from_each_other_start_one_after_the_other()
    {
        var region = Region(Some.N1, Some.N2);
        region.Ask(Ready(Long, 50, 1, Plain(4000, limit: 100)));
        _life.Runs(region);
        var rule = ImmutableArray.Create(new NearRule(DomainLevel.Node, App("train"), false));
        foreach (var job in new[] { Gang, Late }) region.Ask(Ready(job, 50, 2, Plain(1000, gang: 2, limit: 60) with { Labels = App("train"), AntiAffinity = rule }));

        Assert.Equal(MachineHarness.Start.AddSeconds(100), region.Explain(new TaskId(Gang, 0)).Start!.Expected);
        Assert.Equal(MachineHarness.Start.AddSeconds(160), region.Explain(new TaskId(Late, 0)).Start!.Expected);
        region.Pass(TimeSpan.FromSeconds(90));
        _life.Ends(region, Long);
        Assert.Equal([Gang, Gang], region.Dispatches().TakeLast(2).Select(d => d.Run.Task.Job));
        _life.Runs(region);
        foreach (var index in new[] { 0, 1 })
        {
            region.Ask(new TaskSettled(new TaskId(Gang, index), 1));
            _life.Frees(region, new AttemptId(new TaskId(Gang, index), 1));
        }

        Assert.Equal([Late, Late], region.Dispatches().TakeLast(2).Select(d => d.Run.Task.Job));
    }

    [Fact]
    public void Reserves_a_domain_for_a_single_task_from_the_time_on_at_which_it_is_empty()
    {
        var region = Region(Some.N1);
        region.Ask(Ready(Long, 50, 1, Plain(1000, limit: 100) with { Labels = App("noise") }));
        _life.Runs(region);

        region.Ask(Ready(Gang, 50, 1, Plain(1000) with { AntiAffinity = [new NearRule(DomainLevel.Node, App("noise"), false)] }));

        Assert.Equal(MachineHarness.Start.AddSeconds(100), region.Explain(new TaskId(Gang, 0)).Start!.Expected);
        region.Ask(Ready(Short, 50, 1, Plain(1000) with { Labels = App("noise") }));
        Assert.DoesNotContain(region.Dispatches(), d => d.Run.Task.Job == Short);
    }

    [Fact]
    public void Says_never_to_a_gang_with_more_members_than_domains()
    {
        var region = Region(Some.N1, Some.N2);

        var outlook = Assert.Single(((Outlooks)region.Ask(new AskOutlook(Specs.Job(Specs.Group("only", 0, 3, Apart(1000, gang: 3))), []))!).Tasks);

        Assert.Equal((false, PendingReason.Unsatisfiable), (outlook.CanEver, outlook.Reason));
        Assert.Contains("asked 3 members", outlook.Evidence, StringComparison.Ordinal);
        Assert.Contains("in a node without other tasks of its job; 2 nodes of us-east hold 2 so when nothing else runs", outlook.Evidence, StringComparison.Ordinal);
        Assert.Equal("ask for 2 members, or let more of them be together", outlook.Next[0]);
    }

    private static MachineHarness Region(params NodeId[] nodes) => RegionHarness.Confirmed(Alone).WithNodes(nodes);

    private static TaskTemplate Plain(long milliCpu, int gang = 0, int limit = 0) =>
        Some.Template(milliCpu, timeLimit: limit > 0 ? TimeSpan.FromSeconds(limit) : null) with { GangSize = gang };

    private static TaskTemplate Apart(long milliCpu, int gang, int limit = 0) => Plain(milliCpu, gang, limit) with { AntiAffinity = [new NearRule(DomainLevel.Node, null, false)] };

    private static ImmutableSortedDictionary<string, string> App(string app) => ImmutableSortedDictionary<string, string>.Empty.Add("app", app);

    private static JobReady Ready(JobId job, int priority, int tasks, TaskTemplate template) =>
        Specs.Ready(Specs.Job(Specs.Group("only", 0, tasks, template)) with { Priority = priority }, job);
}
