using Lepton.Model;

namespace Lepton.Scheduling.Tests.StateMachines.Regions;

/// <summary>Room for those who cannot start: standby, reservations, backfill, others put off, deadlines, and what run times teach.</summary>
public sealed class RegionRoomsTests
{
    private static readonly JobId Low = new(Some.East, "low");
    private static readonly JobId High = new(Some.East, "high");
    private static readonly RegionSettings Alone = Some.Settings() with { Fleet = [Some.East], MinimumRun = TimeSpan.Zero, ReserveAfter = TimeSpan.Zero };

    [Fact]
    public void Puts_the_cheapest_tasks_off_for_a_higher_priority_and_holds_their_room()
    {
        var region = Running(Alone, Ready(Low, 1, tasks: 4));
        region.Pass(TimeSpan.FromSeconds(5));
        region.Ask(Ready(High, 90, tasks: 1, milliCpu: 2000));

        var stops = region.AllSent.Select(s => s.Body).OfType<StopMember>().ToList();
        Assert.Equal(2, stops.Count);
        var waits = region.Explain(new TaskId(High, 0));
        Assert.Equal(PendingReason.WaitingForVictims, waits.Reason);
        Assert.Contains("2 tasks of us-east/n1 make room for it", waits.Evidence, StringComparison.Ordinal);

        // The room is held: a task that would fit into what the first victim leaves does not get it.
        End(region, stops[0].Attempt, 3);
        region.Ask(Ready(new JobId(Some.East, "other"), 1, tasks: 1));
        Assert.DoesNotContain(region.Dispatches(), d => d.Run.Task.Job.Key == "other");
        Assert.Contains("hold them for others: n1 for us-east.high/0", region.Explain(new TaskId(new JobId(Some.East, "other"), 0)).Evidence, StringComparison.Ordinal);
        End(region, stops[1].Attempt, 4);
        Assert.Equal(High, region.Dispatches()[^1].Run.Task.Job);
        Assert.Equal(2, region.AllSent.Select(s => s.Body).OfType<StopMember>().Count());
    }

    [Fact]
    public void Puts_nobody_off_before_the_minimum_run_time_or_against_its_will()
    {
        var region = Running(Alone with { MinimumRun = TimeSpan.FromSeconds(30) }, Ready(Low, 1, tasks: 4));
        region.Ask(Ready(High, 90, tasks: 1));
        region.Pass(TimeSpan.FromSeconds(20));
        Assert.DoesNotContain(region.AllSent, s => s.Body is StopMember);
        region.Pass(TimeSpan.FromSeconds(15));
        Assert.Single(region.AllSent, s => s.Body is StopMember);

        var stubborn = Running(Alone, Ready(Low, 1, tasks: 4, template: Some.Template() with { Preemptible = false }));
        stubborn.Ask(Ready(High, 90, tasks: 1));
        stubborn.Pass(TimeSpan.FromSeconds(20));
        Assert.DoesNotContain(stubborn.AllSent, s => s.Body is StopMember);
    }

    [Fact]
    public void Takes_quota_back_from_a_borrower_of_higher_priority()
    {
        var settings = Alone with
        {
            Queues =
            [
                new QueueSettings { Name = "team" },
                new QueueSettings { Name = "a", Parent = "team", Quotas = [new QuotaSettings("cpu", 2000)] },
                new QueueSettings { Name = "b", Parent = "team", Quotas = [new QuotaSettings("cpu", 2000)] },
            ],
        };
        var region = Running(settings, Ready(Low, 90, tasks: 4, queue: "a"));
        region.Ask(Ready(High, 1, tasks: 1, queue: "b"));

        Assert.Single(region.AllSent, s => s.Body is StopMember { Attempt.Task.Job: var job } && job == Low);
    }

    [Fact]
    public void Reserves_room_for_a_large_task_and_lets_only_the_short_start_before_it()
    {
        var limited = Some.Template(2000, timeLimit: TimeSpan.FromSeconds(100));
        var region = Running(Alone, Ready(Low, 50, tasks: 1, template: limited));       // 2 of 4 cores for 100 s
        region.Ask(Ready(High, 50, tasks: 1, milliCpu: 4000));
        region.Ask(Ready(new JobId(Some.East, "long"), 50, tasks: 1, template: Some.Template(1000, timeLimit: TimeSpan.FromSeconds(200))));
        region.Ask(Ready(new JobId(Some.East, "short"), 50, tasks: 1, template: Some.Template(1000, timeLimit: TimeSpan.FromSeconds(50))));

        Assert.Equal(["low", "short"], region.Dispatches().Select(d => d.Run.Task.Job.Key));
        var large = region.Explain(new TaskId(High, 0));
        Assert.Contains("room on us-east/n1 is reserved for it from 2026-01-01 00:01:40Z on, in 1m 40s", large.Evidence, StringComparison.Ordinal);
        Assert.Equal(MachineHarness.Start.AddSeconds(100), large.Start!.Expected);
        Assert.InRange(large.Start.Latest, large.Start.Expected, DateTimeOffset.MaxValue);
        Assert.Contains("hold them for others", region.Explain(new TaskId(new JobId(Some.East, "long"), 0)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_a_node_free_for_work_that_lost_its_place()
    {
        var n3 = new NodeId(Some.East, "n3");
        var region = RegionHarness.Confirmed(Alone with { StandbyNodes = 1 }).WithNodes(Some.N1, Some.N2, n3);
        region.Ask(Ready(Low, 50, tasks: 12));
        Assert.Equal([Some.N1, n3], region.Dispatches().Select(d => d.Node!.Value).Distinct());
        Assert.Equal(8, region.Dispatches().Count);
        Assert.Contains("n2 on standby", region.Explain(new TaskId(Low, 11)).Evidence, StringComparison.Ordinal);

        region.AnswerDispatches();
        region.Ask(Specs.Says(Some.N1, 2, phase: NodePhase.Lost));
        region.Ask(new TaskWaits(new AttemptId(new TaskId(Low, 0), 1), region.Now, AttemptEndCause.LeaseExpired, "lost", null, 1, null));

        Assert.Equal([(new TaskId(Low, 0), Some.N2)], region.Dispatches().Skip(8).Select(d => (d.Run.Task, d.Node!.Value)));
    }

    [Fact]
    public void Takes_a_node_off_standby_for_a_task_that_no_other_suits_and_puts_it_back()
    {
        var region = RegionHarness.Confirmed(Alone with { StandbyNodes = 1 }).WithNodes(Some.N1, Some.N2);
        region.Ask(Ready(Low, 50, tasks: 1, template: Some.Template() with { Avoid = ["us-east/n1"] }));
        Assert.Empty(region.Dispatches());
        Assert.Contains("n2 on standby", region.Explain(new TaskId(Low, 0)).Evidence, StringComparison.Ordinal);

        region.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal([(new TaskId(Low, 0), Some.N2)], region.Dispatches().Select(d => (d.Run.Task, d.Node!.Value)));
        region.AnswerDispatches();

        // Others are still not let in once it is empty again.
        region.Ask(new TaskSettled(new TaskId(Low, 0), 1));
        region.Ask(new NodeChanged(Some.N2, Some.Epoch1, 2, NodePhase.Ready, null, false, [], [new AttemptId(new TaskId(Low, 0), 1)], region.Now));
        region.Pass(TimeSpan.FromSeconds(2));
        region.Ask(Ready(High, 50, tasks: 5));
        Assert.Equal([Some.N1], region.Dispatches().Skip(1).Select(d => d.Node!.Value).Distinct());
    }

    [Fact]
    public void Ends_what_waits_past_its_deadline_and_limits_what_starts_before_it()
    {
        var template = Some.Template() with { Deadline = MachineHarness.Start.AddSeconds(60), TimeLimit = TimeSpan.FromHours(1) };
        var region = RegionHarness.Confirmed(Alone).WithNodes(Some.N1);
        region.Ask(Ready(Low, 50, tasks: 5, template: template));
        Assert.All(region.Dispatches(), d => Assert.Equal(TimeSpan.FromSeconds(60), d.Run.Template.TimeLimit));

        region.Pass(TimeSpan.FromSeconds(61));

        Assert.Equal(new TaskId(Low, 4), region.Waiting<MissDeadline>().Run.Task);
        Assert.Contains("deadline passed", region.Explain(new TaskId(Low, 4)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Does_not_say_that_room_kept_for_a_task_is_held_for_others()
    {
        var region = RegionHarness.Confirmed(Alone).WithNodes(Some.N1);
        region.Ask(Ready(Low, 50, tasks: 1, milliCpu: 3000, template: Some.Template(3000, timeLimit: TimeSpan.FromSeconds(60))));
        new RegionLife().Runs(region);
        region.Ask(Ready(High, 50, tasks: 1, milliCpu: 2000));
        region.Pass(TimeSpan.FromSeconds(2));

        var waits = region.Explain(new TaskId(High, 0));
        Assert.Contains("is reserved for it from", waits.Evidence, StringComparison.Ordinal);
        Assert.DoesNotContain("for others", waits.Evidence, StringComparison.Ordinal);
        Assert.DoesNotContain(waits.Regions[0].TurnedDown, t => t.Filter == "NotHeldBack");
    }

    [Fact]
    public void Tells_each_attempt_how_long_it_is_expected_to_run()
    {
        var region = RegionHarness.Confirmed(Alone).WithNodes(Some.N1);
        region.Ask(Ready(Low, 50, tasks: 4, template: Some.Template() with { ExpectedRun = TimeSpan.FromMinutes(9) }));
        Assert.All(region.Dispatches(), d => Assert.Equal(TimeSpan.FromMinutes(9), d.ExpectedRun));
        region.AnswerDispatches();
        for (var i = 0; i < 4; i++) region.Ask(new TaskSettled(new TaskId(Low, i), 1) { Ran = TimeSpan.FromMinutes(2) });

        region.Ask(Ready(High, 50, tasks: 1));

        Assert.InRange(region.Dispatches()[^1].ExpectedRun!.Value.TotalMinutes, 1.6, 2.4);
    }

    [Fact]
    public void Learns_run_times_by_the_model_that_was_granted_not_by_what_was_asked()
    {
        var life = new RegionLife();
        var region = RegionHarness.Confirmed(Alone);
        foreach (var (node, device) in new[] { (Some.N1, Gpus.Of("fast", "H100", 80)), (Some.N2, Gpus.Of("slow", "A10", 24)) })
        {
            region.Ask(Specs.Says(node, spec: Gpus.Node(device)) with { Devices = [new DeviceState(device.Uuid, DevicePhase.Healthy, Some.Epoch1, MachineHarness.Start, null)] });
        }

        for (var round = 0; round < 4; round++)
        {
            var job = new JobId(Some.East, $"round{round}");
            region.Ask(Ready(job, 50, tasks: 2, template: Gpus.Template(Gpus.Ask())));
            var orders = region.Dispatches().TakeLast(2).ToList();
            Assert.Equal(["fast", "slow"], orders.Select(o => o.Devices[0].Uuid).Order());
            foreach (var order in round < 3 ? [] : orders) Assert.InRange(order.ExpectedRun!.Value.TotalMinutes, order.Devices[0].Uuid == "fast" ? 1.6 : 8, order.Devices[0].Uuid == "fast" ? 2.4 : 12);
            life.Runs(region);
            foreach (var order in orders)
            {
                region.Ask(new TaskSettled(order.Run.Task, 1) { Ran = TimeSpan.FromMinutes(order.Devices[0].Uuid == "fast" ? 2 : 10) });
                life.Frees(region, new AttemptId(order.Run.Task, 1));
            }
        }
    }

    [Fact]
    public void Knows_after_a_restart_how_long_tasks_ran_on_which_model()
    {
        var (fast, slow) = (Gpus.Of("fast", "H100", 80), Gpus.Of("slow", "A10", 24));
        var spec = Specs.Job(Specs.Group("only", 0, 8, Gpus.Template(Gpus.Ask())));
        TaskRow Ended(int index, Device device, NodeId node) => Specs.TaskRow(index, TaskPhase.Succeeded) with
        {
            EndedAt = MachineHarness.Start,
            Class = $"{spec.Tenant}/{spec.Name}/only",
            Attempts = [new AttemptRecord(1, Some.East, node, MachineHarness.Start, Some.End() with { StartedAt = MachineHarness.Start - TimeSpan.FromMinutes(device == fast ? 2 : 10), EndedAt = MachineHarness.Start }) { Devices = [Gpus.Grant(device.Uuid)] }],
        };
        NodeRow Node(NodeId node, Device device) => new() { Node = node, Epoch = Some.Epoch1, Phase = NodePhase.Ready, Spec = Gpus.Node(device) };
        var rows = Enumerable.Range(0, 6).Select(i => i < 3 ? Ended(i, fast, Some.N1) : Ended(i, slow, Some.N2));
        var region = RegionHarness.Confirmed(Alone, [Specs.Row(spec), .. rows, Node(Some.N1, fast), Node(Some.N2, slow)]);
        foreach (var (node, device) in new[] { (Some.N1, fast), (Some.N2, slow) })
        {
            region.Ask(Specs.Says(node, spec: Gpus.Node(device)) with { Devices = [new DeviceState(device.Uuid, DevicePhase.Healthy, Some.Epoch1, MachineHarness.Start, null)] });
        }

        var expected = region.Dispatches().ToDictionary(d => d.Devices[0].Uuid, d => d.ExpectedRun!.Value.TotalMinutes);
        Assert.InRange(expected["fast"], 1.6, 2.4);
        Assert.InRange(expected["slow"], 8, 12);
    }

    /// <summary>A node of 4 cores on which what was asked runs.</summary>
    private static MachineHarness Running(RegionSettings settings, JobReady ready)
    {
        var region = RegionHarness.Confirmed(settings).WithNodes(Some.N1);
        region.Ask(ready);
        region.AnswerDispatches();
        foreach (var order in region.Dispatches()) region.Ask(new TaskRuns(new AttemptId(order.Run.Task, 1), Some.N1, MachineHarness.Start));
        region.Ask(Specs.Says(Some.N1, 1 + 1, holds: [.. region.Dispatches().Select(d => new Held(new AttemptId(d.Run.Task, 1), d.Run.Template.Demand.Capacity))]));
        return region;
    }

    /// <summary>A victim has stopped: it waits again, and its node has its room back.</summary>
    private static void End(MachineHarness region, AttemptId attempt, long version)
    {
        region.Ask(new TaskWaits(attempt, region.Now, AttemptEndCause.Preempted, "put off", null, 0, null));
        region.Ask(new NodeChanged(Some.N1, Some.Epoch1, version, NodePhase.Ready, null, false, [], [attempt], region.Now));
    }

    private static JobReady Ready(JobId job, int priority, int tasks, long milliCpu = 1000, string queue = "default", TaskTemplate? template = null) => Specs.Ready(
        Specs.Job(Specs.Group("only", 0, tasks, template ?? Some.Template(milliCpu))) with { Priority = priority, Queue = queue }, job);
}
