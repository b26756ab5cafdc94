using System.Collections.Immutable;
using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Tests.StateMachines.Regions;

namespace Lepton.Scheduling.Tests.Placement;

/// <summary>Tasks that read outputs of others run where most of these lie, if it is worth the way.</summary>
public sealed class InputsTests
{
    private const long MiB = 1L << 20;

    [Fact]
    public void Draws_tasks_to_where_most_bytes_lie_and_only_when_it_is_worth_the_way()
    {
        Assert.Equal(Some.West, Inputs.RegionOf([Output(0, Some.West, 70 * MiB), Output(1, Some.East, 1 * MiB)], Some.East));
        Assert.Null(Inputs.RegionOf([Output(0, Some.West, 63 * MiB)], Some.East));
        Assert.Null(Inputs.RegionOf([Output(0, Some.West, 900 * MiB), Output(1, Some.East, 850 * MiB)], Some.East));
        Assert.Null(Inputs.RegionOf([Output(0, Some.East, 900 * MiB)], Some.East));
        Assert.Null(Inputs.RegionOf([], Some.East));
    }

    [Fact]
    public void Agrees_with_adding_up_every_region() => Gen.Select(Gen.Int[0, 2], Gen.Long[0, 200]).Array[0, 12].Sample(outputs =>
    {
        RegionId[] regions = [Some.East, Some.West, new("ap-south")];
        var sums = regions.ToDictionary(r => r, r => outputs.Where(o => regions[o.Item1] == r).Sum(o => o.Item2 * MiB));
        var found = Inputs.RegionOf([.. outputs.Select((o, i) => Output(i, regions[o.Item1], o.Item2 * MiB))], Some.East);

        if (found is { } best) Assert.True(sums[best] == sums.Values.Max() && sums[best] - sums[Some.East] >= Inputs.WorthGoing);
        else Assert.True(sums.Values.Max() - sums[Some.East] < Inputs.WorthGoing);
    });

    [Fact]
    public void A_task_goes_to_the_region_of_the_outputs_it_reads_though_there_is_room_at_home()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West)));
        var spec = Specs.Job(Specs.Group("make", 0, 1), Specs.Group("pick", 1, 1, "make"));
        region.Ask(Specs.Ready(spec));
        region.AnswerDispatches();
        Assert.Equal(Some.East, region.Dispatches()[0].Region);

        region.Ask(new JobReady(Some.Job, spec, MachineHarness.Start, [new ReadyRange("pick", 1, 1)], [Output(0, Some.West, 500 * MiB)]));

        var order = region.Dispatches()[^1];
        Assert.Equal((1, Some.West), (order.Run.Task.Index, order.Region));
        Assert.Equal(500 * MiB, order.Run.Upstream[0].Artifacts[0].SizeBytes);
    }

    [Fact]
    public void A_task_that_is_tried_again_after_a_restart_is_still_drawn_to_what_it_reads()
    {
        var spec = Specs.Job(Specs.Group("make", 0, 1), Specs.Group("pick", 1, 1, "make"));
        var made = Specs.TaskRow(0, TaskPhase.Succeeded) with { EndedAt = MachineHarness.Start };
        made = made with { Attempts = [made.Attempts[0] with { End = made.Attempts[0].End! with { Cause = AttemptEndCause.Completed, Artifacts = Output(0, Some.West, 500 * MiB).Artifacts } }] };
        var region = RegionHarness.New(null, [Specs.Row(spec), made, Specs.TaskRow(1, TaskPhase.Pending)]).WithNodes(Some.N1);
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West)));
        while (region.HasWaiting<FenceNode>()) region.Answer<FenceNode>(new NodeFenced([]));
        region.Answer<ClaimOwnership>(RegionHarness.Seat);

        var order = region.Dispatches()[^1];
        Assert.Equal((1, Some.West), (order.Run.Task.Index, order.Region));
    }

    [Fact]
    public void An_input_of_its_own_that_lies_somewhere_goes_first_and_hard_rules_before_all()
    {
        ImmutableArray<RegionId> fleet = [Some.East, Some.West];
        Assert.Equal(Some.East, TaskShape.Of(Some.Template(), new InputRef("artifact:x", Some.East, 1), fleet, Some.West).Data.All[0].Region);
        var bound = TaskShape.Of(Some.Template() with { Regions = [Some.East] }, null, fleet, Some.West);
        Assert.Equal([Some.East], bound.Allowed);
        Assert.NotEqual(TaskShape.Of(Some.Template(), null, fleet), TaskShape.Of(Some.Template(), null, fleet, Some.West));
    }

    [Fact]
    public void A_task_goes_where_most_of_its_data_lie_while_there_is_room()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West)));
        foreach (var (east, west, to) in new[] { (10, 30, Some.West), (30, 10, Some.East), (20, 20, Some.East), (0, 1, Some.West) })
        {
            var template = Some.Template(1000) with { Data = [new(Some.East, east * MiB), new(Some.West, west * MiB)] };
            region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, template)), new JobId(Some.East, $"job-{east}-{west}")));
            Assert.Equal(to, region.Dispatches()[^1].Region);
        }

        // No room there: it runs at home rather than wait.
        var full = RegionHarness.Confirmed().WithNodes(Some.N1);
        full.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(1000) with { Data = [new(Some.West, MiB)] }))));
        Assert.Equal(Some.East, full.Dispatches()[^1].Region);
    }

    [Fact]
    public void A_gang_goes_where_most_of_its_data_lie_as_one()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West)));
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 2, Some.Template(1000) with { GangSize = 2, Data = [new(Some.West, MiB)] }))));

        Assert.Equal([Some.West, Some.West], region.Dispatches().Select(d => d.Region));
    }

    [Fact]
    public void A_task_that_requires_its_data_waits_for_their_region_and_says_so()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(1000) with { Data = [new(Some.West, MiB)], DataRequired = true }))));

        Assert.Empty(region.Dispatches());
        var waits = region.Explain(new TaskId(Some.Job, 0));
        Assert.Equal("let it run away from its data (placement.dataLocality.mode: prefer): it starts on us-east/n1 now", waits.Next[0]);
        Assert.Equal("must run where all of its data lie, and none lies in us-east", waits.Regions.Single(r => r.Region == Some.East).Evidence);

        var nowhere = RegionHarness.Confirmed().WithNodes(Some.N1);
        nowhere.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(1000) with { Data = [new(new RegionId("mars"), MiB)], DataRequired = true }))));
        Assert.Contains("must run where all of its data lie, mars, which is no region of the fleet", nowhere.Explain(new TaskId(Some.Job, 0)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Shares_of_data_add_up_whatever_lies_where() => Gen.Select(Gen.Int[0, 3], Gen.Long[0, 500]).Array[0, 6].Sample(data =>
    {
        RegionId[] regions = [Some.East, Some.West, new("ap-south"), new("eu-west")];
        var shares = DataShares.Of([.. data.Select(d => new DataPlace(regions[d.Item1], d.Item2))], null, 0).All.ToArray();

        var sum = data.Sum(d => d.Item2);
        Assert.Equal(sum > 0 ? 1 : 0, shares.Sum(s => s.Share), 1e-9);
        foreach (var (region, share) in shares) Assert.Equal(data.Where(d => regions[d.Item1] == region).Sum(d => d.Item2) / (double)sum, share, 1e-9);
        Assert.Equal(shares.OrderByDescending(s => s.Share).ThenBy(s => s.Region), shares);
    });

    private static UpstreamOutput Output(int index, RegionId region, long bytes) => new("make", index, [new ArtifactRef("model", region, new string('a', 64), bytes)]);
}
