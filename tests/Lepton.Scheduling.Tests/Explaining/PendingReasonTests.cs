using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Tests.Placement;
using Lepton.Scheduling.Tests.StateMachines.Regions;

namespace Lepton.Scheduling.Tests.Explaining;

/// <summary>One test for each reason that exists now; each shows its numbers.</summary>
public sealed class PendingReasonTests
{
    [Fact]
    public void Unsatisfiable_names_the_nearest_node_and_the_smallest_change()
    {
        var explanation = Explain(Some.Template(16_000) with { Regions = [Some.East] });

        Says(explanation, PendingReason.Unsatisfiable, "16 cpus", "4 cpus");
        Assert.Equal("ask for 4 cpus instead of 16: it starts on us-east/n1 now", explanation.Next[0]);
        Assert.Contains("at most 4 cpus", explanation.Next[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Unsatisfiable_says_which_devices_there_are_and_what_to_ask_instead()
    {
        Says(Explain(OnlyEast(Gpus.Ask())), PendingReason.Unsatisfiable, "1 GPU", "no node has a GPU");
        var region = WithDevices(Gpus.Node(Gpus.Of("GPU-A", "A100", 40)));
        Says(Waits(region, OnlyEast(Gpus.Ask() with { Models = ["H100"] })), PendingReason.Unsatisfiable, "1 H100", "has 1 A100");
        Says(Waits(region, OnlyEast(Gpus.Ask(8)), 1), PendingReason.Unsatisfiable, "8 GPU", "has 1 in all");
        Says(Waits(region, OnlyEast(Gpus.Ask(gib: 80)), 2), PendingReason.Unsatisfiable, "with 80 GiB", "40 GiB at most");
        Says(Waits(region, OnlyEast(Gpus.Ask() with { MinDriver = "590" }), 3), PendingReason.Unsatisfiable, "driver 590", "runs driver 580.65.06");
        var turnedDown = Assert.Single(region.Explain(new TaskId(new JobId(Some.East, "job3"), 0)).Regions[0].TurnedDown);
        Assert.Equal(("Driver", 1), (turnedDown.Filter, turnedDown.Nodes));
    }

    [Fact]
    public void Devices_that_are_taken_scattered_or_sick_each_have_their_reason()
    {
        var region = WithDevices(Gpus.Node(Gpus.H100(0), Gpus.H100(1)), Gpus.Node(Gpus.H100(2), Gpus.H100(3)));
        foreach (var job in new[] { 0, 1 }) Waits(region, OnlyEast(Gpus.Ask() with { Models = ["H100"] }), job);
        region.Ask(Specs.Says(Some.N2, 2, Gpus.Node(Gpus.H100(2), Gpus.H100(3)), holds: [HoldOf(9, "GPU-2")]) with { Devices = Healthy(2, 3) });

        Says(Waits(region, OnlyEast(Gpus.Ask(2)), 3), PendingReason.InsufficientCapacity, "1 device free", "has 1 free of 2");
        region.Ask(Specs.Says(Some.N1, 2, Gpus.Node(Gpus.H100(0), Gpus.H100(1)), holds: [HoldOf(8, "GPU-0")]) with { Devices = Healthy(0, 1) });
        foreach (var job in new[] { 0, 1 }) region.Ask(new TaskSettled(new TaskId(new JobId(Some.East, $"job{job}"), 0)));
        Says(region.Explain(new TaskId(new JobId(Some.East, "job3"), 0)), PendingReason.Fragmented, "2 devices free on 2 nodes", "has 1 free of 2");

        var sick = new DeviceState("GPU-3", DevicePhase.Lost, new Epoch(2), MachineHarness.Start, "XID 79.");
        foreach (var (node, version) in new[] { (Some.N1, 3), (Some.N2, 3) })
        {
            var states = node == Some.N1 ? [Healthy(0)[0], sick with { Uuid = "GPU-1" }] : new[] { Healthy(2)[0], sick };
            region.Ask(new NodeChanged(node, Some.Epoch1, version, NodePhase.Ready, null, false, [], [], MachineHarness.Start) { Devices = [.. states] });
        }

        Says(region.Explain(new TaskId(new JobId(Some.East, "job3"), 0)), PendingReason.NoEligibleNode, "1 of them healthy", "is Lost (XID 79)");
    }

    private static TaskTemplate OnlyEast(DeviceAsk ask) => Gpus.Template(ask) with { Regions = [Some.East] };

    private static Held HoldOf(int task, string uuid) => new(Some.Attempt(1, task), Some.Cpus(100)) { Devices = [Gpus.Grant(uuid)] };

    private static System.Collections.Immutable.ImmutableArray<DeviceState> Healthy(params int[] numbers) =>
        [.. numbers.Select(n => new DeviceState($"GPU-{n}", DevicePhase.Healthy, Some.Epoch1, MachineHarness.Start, null))];

    private static MachineHarness WithDevices(params NodeSpec[] specs)
    {
        var region = RegionHarness.Confirmed();
        for (var i = 0; i < specs.Length; i++)
        {
            region.Ask(Specs.Says(i == 0 ? Some.N1 : Some.N2, 1, specs[i]) with
            {
                Devices = [.. specs[i].Devices.Select(d => new DeviceState(d.Uuid, DevicePhase.Healthy, Some.Epoch1, MachineHarness.Start, null))],
            });
        }

        return region;
    }

    private static Explanation Waits(MachineHarness region, TaskTemplate template, int job = 0)
    {
        var id = new JobId(Some.East, $"job{job}");
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, template)), id));
        return region.Explain(new TaskId(id, 0));
    }

    [Fact]
    public void InsufficientCapacity_says_what_was_asked_and_what_is_free()
    {
        var region = Region(Some.Template(3000) with { Regions = [Some.East] }, tasks: 2);

        Says(region.Explain(Some.Task(1)), PendingReason.InsufficientCapacity, "3 cpus", "1 cpus");
    }

    [Fact]
    public void Fragmented_when_the_sum_would_do()
    {
        var region = Region(Some.Template(3000) with { Regions = [Some.East] }, tasks: 4, Some.N1, Some.N2, new NodeId(Some.East, "n3"));

        Says(region.Explain(Some.Task(3)), PendingReason.Fragmented, "have 3 cpus", "free together", "1 cpus");
    }

    [Fact]
    public void SpreadImpossible_says_which_domains_hold_how_many()
    {
        var region = RegionHarness.Confirmed();
        region.Ask(Specs.Says(Some.N1, spec: Some.Node() with { Labels = NodeIn("a") }));
        region.Ask(Specs.Says(Some.N2, spec: Some.Node() with { Labels = NodeIn("b") }));
        var spread = Some.Template() with { Regions = [Some.East], Spread = new SpreadRule(DomainLevel.Zone, 1, 0) };
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 3, spread))));

        Says(region.Explain(Some.Task(2)), PendingReason.SpreadImpossible, "at most 1 of tasks of its group in a zone", "zone a holds 1, zone b holds 1", "2 nodes of us-east have room");
        Assert.Equal(("Spread", 2), (region.Explain(Some.Task(2)).Regions[0].TurnedDown[0].Filter, region.Explain(Some.Task(2)).Regions[0].TurnedDown[0].Nodes));

        var apart = Some.Template() with { Regions = [Some.East], AntiAffinity = [new NearRule(DomainLevel.Node, null, false)] };
        var other = new JobId(Some.East, "other");
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 3, apart)), other));
        Says(region.Explain(new TaskId(other, 2)), PendingReason.SpreadImpossible, "in a node without other tasks of its job", "node n1 holds 1, node n2 holds 1");
    }

    [Fact]
    public void NoEligibleNode_says_that_the_tasks_to_be_near_to_do_not_run()
    {
        var near = Some.Template() with { Regions = [Some.East], Affinity = [new NearRule(DomainLevel.Node, NodeIn("x"), false)] };

        Says(Explain(near), PendingReason.NoEligibleNode, "in a node with tasks labelled zone: x", "0 of them run in this region");
    }

    private static System.Collections.Immutable.ImmutableSortedDictionary<string, string> NodeIn(string zone) =>
        System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("zone", zone);

    [Fact]
    public void NoEligibleNode_counts_the_phases()
    {
        var region = RegionHarness.Confirmed();
        region.Ask(Specs.Says(Some.N1, phase: NodePhase.Lost));
        region.Ask(Specs.Says(Some.N2, phase: NodePhase.Suspect));
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template() with { Regions = [Some.East] }))));

        Says(region.Explain(Some.Task()), PendingReason.NoEligibleNode, "1 Lost", "1 Suspect");
    }

    [Fact]
    public void NotBefore_says_when() => Says(
        Explain(Some.Template() with { StartAfter = MachineHarness.Start.AddMinutes(1) }), PendingReason.NotBefore, "60 s", "2026-01-01");

    [Fact]
    public void NotBefore_expects_no_start_before()
    {
        var start = Explain(Some.Template() with { StartAfter = MachineHarness.Start.AddMinutes(1) }).Start;

        Assert.Equal(MachineHarness.Start.AddMinutes(1), start!.Earliest);
        Assert.Equal(MachineHarness.Start.AddMinutes(1), start.Expected);
    }

    [Fact]
    public void RegionNotAllowed_when_no_region_of_the_fleet_is() => Says(
        Explain(Some.Template() with { Regions = [new RegionId("mars")] }), PendingReason.RegionNotAllowed, "0 of 2 regions");

    [Fact]
    public void RegionUnreachable_says_the_last_contact()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West)));
        region.Pass(TimeSpan.FromSeconds(30));
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template()) with { Inputs = [new InputRef("file:///x", Some.West, 1)] })));

        Says(region.Explain(Some.Task()), PendingReason.RegionUnreachable, "30 s ago");
    }

    [Fact]
    public void WaitingForDependency_counts_what_has_ended()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("train", 0, 3), Specs.Group("eval", 3, 1, "train"))));
        region.AnswerDispatches();
        region.Ask(new TaskSettled(Some.Task(0)));

        Says(region.Explain(Some.Task(3)), PendingReason.WaitingForDependency, "train: 1 of 3 tasks");
    }

    [Fact]
    public void BehindInQueue_says_the_position()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Shell.Receive(Specs.Ready(Specs.Job(Specs.Group("only", 0, 2))), out _);

        Says(region.Explain(Some.Task(1)), PendingReason.BehindInQueue, "position 2 of 2", "placed 0");     // in one cycle: asked before the tick
    }

    [Fact]
    public void QuotaExceeded_says_who_holds_what_and_what_would_fit()
    {
        var region = RegionHarness.Confirmed(Teams).WithNodes(Some.N1, Some.N2);
        region.Ask(Specs.Ready(Job("b", tasks: 2), new JobId(Some.East, "other")));
        region.Ask(Specs.Ready(Job("a", tasks: 3)));

        var explanation = region.Explain(Some.Task(1));

        Says(explanation, PendingReason.QuotaExceeded, "asked 1.5 cpus", "queue a of us-east holds 1.5 cpus of its 2 cpus", "may take 0.5 cpus more", "b 3 cpus");
        Assert.Contains("ask at most 0.5 cpus", explanation.Next);
    }

    [Fact]
    public void QuotaExceeded_when_the_queue_can_never_hold_it()
    {
        var region = RegionHarness.Confirmed(Teams).WithNodes(Some.N1);
        region.Ask(Specs.Ready(Job("a", tasks: 1, milliCpu: 3500)));

        Says(region.Explain(Some.Task()), PendingReason.QuotaExceeded, "asked 3.5 cpus", "may never hold more than 3 cpus");
    }

    [Fact]
    public void Misconfigured_names_the_queues_there_are()
    {
        var region = RegionHarness.Confirmed(Teams).WithNodes(Some.N1);
        region.Ask(Specs.Ready(Job("nobody", tasks: 1)));

        Says(region.Explain(Some.Task()), PendingReason.Misconfigured, "no queue nobody", "2 queues: a, b");
    }

    /// <summary>Queue a has 2 cores and may borrow 1 of b's 3.</summary>
    private static readonly RegionSettings Teams = Some.Settings() with
    {
        Queues =
        [
            new QueueSettings { Name = "team" },
            new QueueSettings { Name = "a", Parent = "team", Quotas = [new QuotaSettings("cpu", 2000, 1000)] },
            new QueueSettings { Name = "b", Parent = "team", Quotas = [new QuotaSettings("cpu", 3000)] },
        ],
    };

    private static JobSpec Job(string queue, int tasks, long milliCpu = 1500) =>
        Specs.Job(Specs.Group("only", 0, tasks, Some.Template(milliCpu) with { Regions = [Some.East] })) with { Queue = queue };

    [Fact]
    public void A_running_task_says_where()
    {
        var region = Region(Some.Template(1000), tasks: 1);
        region.AnswerDispatches();
        region.Ask(new TaskRuns(Some.Attempt(1), Some.N1, MachineHarness.Start));
        region.Pass(TimeSpan.FromSeconds(7));

        var explanation = region.Explain(Some.Task());

        Assert.Equal((TaskPhase.Running, (PendingReason?)null), (explanation.Phase, explanation.Reason));
        Assert.Equal("attempt 1 runs on us-east/n1 for 7 s", explanation.Evidence);
    }

    [Fact]
    public void Every_node_is_turned_down_once_or_fits() => Gen.Select(Gen.Int[0, 4].Array[0, 8], Gen.Int[0, 5], Gen.Int[0, 5]).Sample((sizes, phase, asked) =>
    {
        var ledger = new NodeLedger();
        for (var i = 0; i < sizes.Length; i++) ledger.Add(i, Some.Cpus(sizes[i] * 1000, 1024), i % 2 == 0 ? NodePhase.Ready : (NodePhase)phase);

        var (verdict, region) = OwnRegion.Judge(Nodes.Shape(Some.Cpus(asked * 1000)), Some.East, ledger);

        Assert.Equal(sizes.Length, region.Fitting + region.TurnedDown.Sum(t => t.Nodes));
        Assert.Equal(region.Fitting > 0, verdict.Reason == PendingReason.BehindInQueue);
        Assert.Contains(verdict.Evidence, char.IsDigit);
        Assert.NotEmpty(verdict.Next);
    });

    private static Explanation Explain(TaskTemplate template) => Region(template, tasks: 1).Explain(Some.Task());

    private static MachineHarness Region(TaskTemplate template, int tasks, params NodeId[] nodes)
    {
        var region = RegionHarness.Confirmed().WithNodes(nodes.Length == 0 ? [Some.N1] : nodes);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, tasks, template))));
        return region;
    }

    private static void Says(Explanation explanation, PendingReason reason, params string[] words)
    {
        Assert.Equal((TaskPhase.Pending, (PendingReason?)reason), (explanation.Phase, explanation.Reason));
        Assert.All(words, word => Assert.Contains(word, explanation.Evidence, StringComparison.Ordinal));
        Assert.NotEmpty(explanation.Next);
        Assert.Equal(2, explanation.Regions.Length);
    }
}
