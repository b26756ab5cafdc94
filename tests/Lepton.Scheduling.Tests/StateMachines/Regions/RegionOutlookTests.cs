using System.Collections.Immutable;
using CsCheck;
using Lepton.Model;

namespace Lepton.Scheduling.Tests.StateMachines.Regions;

/// <summary>What would become of a job that is not submitted.</summary>
public sealed class RegionOutlookTests
{
    private static readonly PriceBook Prices = new("test", [new Price("cpu", 50_000, null), new Price("H100", 10_000_000, null), new Price("A100", 4_000_000, null)]);

    private static MachineHarness Region(params NodeId[] nodes) =>
        RegionHarness.Confirmed(Some.Settings() with { Prices = Prices }).WithNodes(nodes);

    private static TaskOutlook Ask(MachineHarness region, TaskTemplate template, int tasks = 1, string queue = "default", params Outlooks[] told) =>
        Assert.Single(((Outlooks)region.Ask(new AskOutlook(Specs.Job(Specs.Group("only", 0, tasks, template)) with { Queue = queue }, [.. told]))!).Tasks);

    [Fact]
    public void Says_where_there_is_room_now_at_what_price()
    {
        var outlook = Ask(Region(Some.N1), Some.Template(2000) with { ExpectedRun = TimeSpan.FromMinutes(6) });

        Assert.Equal((true, PendingReason.BehindInQueue), (outlook.CanEver, outlook.Reason));
        var own = outlook.Regions[0];
        Assert.Equal((Some.East, 1, 100_000L, TimeSpan.FromMinutes(6), 0), (own.Verdict.Region, own.Verdict.Fitting, own.UsdMicrosPerHour, own.Run!.Value, own.Ahead!.Value));
        Assert.Equal(MachineHarness.Start, own.Start!.Expected);
        Assert.Equal((Some.West, PendingReason.RegionUnreachable, true), (outlook.Regions[1].Verdict.Region, outlook.Regions[1].Verdict.Reason, outlook.Regions[1].CanEver));
    }

    [Fact]
    public void Says_that_it_can_never_start_and_what_would_help()
    {
        var outlook = Ask(Region(Some.N1), Some.Template(64_000) with { Regions = [Some.East] });

        Assert.Equal((false, PendingReason.Unsatisfiable), (outlook.CanEver, outlook.Reason));
        Assert.Contains("at most 4 cpus", outlook.Next[0], StringComparison.Ordinal);
        Assert.Null(outlook.Regions[0].Start);
        Assert.Equal("EnoughCpu", Assert.Single(outlook.Regions[0].Verdict.TurnedDown).Filter);
        Assert.Equal((PendingReason.RegionNotAllowed, false), (outlook.Regions[1].Verdict.Reason, outlook.Regions[1].CanEver));
    }

    [Fact]
    public void Takes_another_regions_own_word_for_its_summary()
    {
        var region = Region(Some.N1);
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West)));
        var template = Some.Template(16_000);
        Assert.Equal(PendingReason.BehindInQueue, Ask(region, template).Reason);

        var verdict = new RegionVerdict(Some.West, PendingReason.Unsatisfiable, "none is labelled so", 4, 0, [], TimeSpan.Zero);
        var said = new RegionOutlook(verdict, ["label one"], false, 7, null, null, 3);
        var outlook = Ask(region, template, told: new Outlooks(Some.West, [new TaskOutlook("only", null, 1, false, verdict.Reason, "", [], [said])]));
        Assert.Equal((false, PendingReason.Unsatisfiable), (outlook.CanEver, outlook.Reason));
        Assert.Equal((7L, 3), (outlook.Regions[1].UsdMicrosPerHour!.Value, outlook.Regions[1].Ahead!.Value));
    }

    [Fact]
    public void Says_never_to_a_gang_that_neither_queue_nor_nodes_could_hold_whole()
    {
        var small = Some.Settings() with { Fleet = [Some.East], Queues = [new QueueSettings { Name = "default", Quotas = [new QuotaSettings("cpu", 6000)] }] };
        var gang = Some.Template(2000) with { GangSize = 4 };
        var byQuota = Ask(RegionHarness.Confirmed(small).WithNodes(Some.N1, Some.N2), gang, 4);
        Assert.Equal((false, PendingReason.QuotaExceeded), (byQuota.CanEver, byQuota.Reason));
        Assert.Contains("asked 8 cpus; queue default of us-east may never hold more than 6 cpus, borrowed quota included; all 4 members start together", byQuota.Evidence, StringComparison.Ordinal);

        var byNodes = Ask(RegionHarness.Confirmed(small with { Queues = [] }).WithNodes(Some.N1), gang, 4);
        Assert.Equal((false, PendingReason.Unsatisfiable), (byNodes.CanEver, byNodes.Reason));
        Assert.Contains("asked 4 members of 2 cpus, 100 MiB at the same time; 1 node of us-east hold 2 when nothing else runs", byNodes.Evidence, StringComparison.Ordinal);
        Assert.True(Ask(RegionHarness.Confirmed(small with { Queues = [] }).WithNodes(Some.N1, Some.N2), gang, 4).CanEver);
    }

    [Fact]
    public void Lets_doubt_speak_for_the_task()
    {
        var alone = Some.Settings() with { Fleet = [Some.East] };
        var large = Some.Template(64_000);
        Assert.True(Ask(RegionHarness.Confirmed(alone), large).CanEver);                                                     // no node yet
        Assert.True(Ask(RegionHarness.Confirmed(alone).WithNodes(Some.N1), large with { Avoid = ["us-east/n1"] }).CanEver);       // none beside the avoided one
        var lost = RegionHarness.Confirmed(alone);
        lost.Ask(Specs.Says(Some.N1, phase: NodePhase.Lost));
        Assert.True(Ask(lost, Some.Template(4000)).CanEver);
        Assert.False(Ask(lost, Some.Template(5000)).CanEver);
    }

    [Fact]
    public void Gives_a_start_with_an_error_bar_when_a_task_with_a_limit_is_in_the_way()
    {
        var region = Region(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(4000, timeLimit: TimeSpan.FromMinutes(10))))));
        region.AnswerDispatches();

        var own = Ask(region, Some.Template(4000) with { Regions = [Some.East] }).Regions[0];
        Assert.Equal((PendingReason.InsufficientCapacity, true), (own.Verdict.Reason, own.CanEver));
        Assert.Equal(MachineHarness.Start.AddMinutes(10), own.Start!.Expected);
        Assert.True(own.Start.Earliest < own.Start.Expected && own.Start.Latest > own.Start.Expected);
    }

    [Fact]
    public void Counts_those_that_wait_before_it()
    {
        var region = Region(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 3, Some.Template(4000) with { Regions = [Some.East] }))));
        region.AnswerDispatches();

        Assert.Equal(2, Ask(region, Some.Template()).Regions[0].Ahead);
    }

    [Fact]
    public void Counts_the_members_of_a_gang_that_fit_and_leaves_the_room_free()
    {
        var region = Region(Some.N1, Some.N2);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(3000)))));
        var gang = Some.Template(2000) with { GangSize = 4, Regions = [Some.East] };

        var outlook = Ask(region, gang, 4);
        Assert.Equal((PendingReason.GangIncomplete, true), (outlook.Reason, outlook.CanEver));
        Assert.Contains("2 of 4 members", outlook.Evidence, StringComparison.Ordinal);
        Assert.Equal(PendingReason.BehindInQueue, Ask(region, gang with { GangSize = 2 }, 2).Reason);
        Assert.Equal(Some.Cpus(5000, 8092), region.View().Summary.Free);
    }

    [Fact]
    public void A_queue_that_the_owner_does_not_have_is_said_before_everything_else()
    {
        var outlook = Ask(Region(Some.N1), Some.Template(), queue: "nlp");
        Assert.Equal((false, PendingReason.Misconfigured), (outlook.CanEver, outlook.Reason));
        Assert.Contains("no queue nlp", outlook.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Prices_the_cheapest_model_that_would_do()
    {
        var region = RegionHarness.Confirmed(Some.Settings() with { Prices = Prices });
        var spec = Gpus.Node(Gpus.Of("GPU-A", "A100", 40), Gpus.Of("GPU-H", "H100", 80));
        region.Ask(Specs.Says(Some.N1, 1, spec) with
        {
            Devices = [.. spec.Devices.Select(d => new DeviceState(d.Uuid, DevicePhase.Healthy, Some.Epoch1, MachineHarness.Start, null))],
        });

        long? Price(DeviceAsk ask) => Ask(region, Gpus.Template(ask) with { Regions = [Some.East] }).Regions[0].UsdMicrosPerHour - CpuPart(Gpus.Template(ask));
        Assert.Equal(4_000_000, Price(Gpus.Ask()));
        Assert.Equal(10_000_000, Price(Gpus.Ask() with { Models = ["H100"] }));
        Assert.Equal(5_000_000, Price(Gpus.Ask() with { Models = ["H100"], ShareMilli = 500 }));
        Assert.Null(Price(Gpus.Ask() with { Models = ["L4"] }));
    }

    private static long CpuPart(TaskTemplate template) => 50_000 * template.Demand.Capacity.MilliCpu / 1000;

    [Fact]
    public void One_verdict_for_each_place_where_inputs_lie()
    {
        var group = Specs.Group("shards", 0, 6, Some.Template()) with
        {
            Inputs = [new InputRef("file:///a", Some.East, 1), new InputRef("file:///b", Some.East, 1), new InputRef("file:///c", Some.West, 1)],
        };
        var tasks = ((Outlooks)Region(Some.N1).Ask(new AskOutlook(Specs.Job(group), []))!).Tasks;

        Assert.Equal([(Some.East, 4, PendingReason.BehindInQueue), (Some.West, 2, PendingReason.RegionUnreachable)], tasks.Select(t => (t.InputIn!.Value, t.Tasks, t.Reason)));
    }

    /// <summary>What a dry run says of this region is what explain says of the same task once it waits, and asking changes nothing.</summary>
    [Fact]
    public void Agrees_with_what_is_explained_and_done_afterwards() => Gen.Select(
        Gen.Int[1, 9].Array[0, 6], Gen.Int[1, 12]).Sample((before, cpus) =>
    {
        var region = Region(Some.N1, Some.N2);
        for (var i = 0; i < before.Length; i++)
        {
            region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(before[i] * 500L) with { Regions = [Some.East] })), new JobId(Some.East, $"before{i}")));
            region.AnswerDispatches();
        }

        var template = Some.Template(cpus * 500L) with { Regions = [Some.East] };
        var (picture, placed) = (region.View(), region.Dispatches().Count);
        var outlook = Ask(region, template);
        Assert.Equal(placed, region.Dispatches().Count);
        Assert.Equal(picture.Nodes.Select(n => (n.Node, n.Allocated)), region.View().Nodes.Select(n => (n.Node, n.Allocated)));

        var job = new JobId(Some.East, "asked");
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, template)), job));
        var wasPlaced = region.Dispatches().Count > placed;
        Assert.Equal(wasPlaced, outlook.Reason == PendingReason.BehindInQueue);
        if (wasPlaced) return;
        var explained = region.Explain(new TaskId(job, 0));
        Assert.Equal((explained.Reason!.Value, explained.Evidence), (outlook.Reason, outlook.Evidence));
        Assert.Equal(explained.Reason != PendingReason.Unsatisfiable, outlook.CanEver);
    });
}
