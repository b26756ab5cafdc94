using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Tests.StateMachines.Regions;

/// <summary>Rules about neighbours in a region: who is counted, from when to when, here and elsewhere.</summary>
public sealed class RegionNeighboursTests
{
    private static readonly JobId Other = new(Some.East, "other");

    [Fact]
    public void Tasks_of_one_pass_see_each_other_and_the_next_waits_until_one_has_left()
    {
        var region = Region();

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 3, Apart()))));
        Assert.Equal([Some.N1, Some.N2], region.Dispatches().Select(d => d.Node!.Value).Order());
        Assert.Equal(PendingReason.SpreadImpossible, region.Explain(Some.Task(2)).Reason);

        region.AnswerDispatches();
        region.Ask(new TaskSettled(Some.Task(1)));
        Assert.Equal(region.Dispatches()[1].Node, region.Dispatches()[2].Node);
    }

    [Fact]
    public void What_runs_with_a_rule_is_kept_also_by_those_that_come_without_one()
    {
        var region = Region();
        var alone = Here() with { AntiAffinity = [new NearRule(DomainLevel.Node, App("batch"), false)] };
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("alone", 0, 2, alone with { Spread = new SpreadRule(DomainLevel.Node, 1, 0) }))));

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("batch", 0, 1, Here() with { Labels = App("batch") })), Other));
        Assert.Equal(2, region.Dispatches().Count);
        var why = region.Explain(new TaskId(Other, 0));
        Assert.Equal(PendingReason.SpreadImpossible, why.Reason);
        Assert.Contains("they ask to be alone", why.Next[0], StringComparison.Ordinal);

        region.AnswerDispatches();
        region.Ask(new TaskSettled(Some.Task(0)));
        Assert.Equal(3, region.Dispatches().Count);
    }

    [Fact]
    public void A_new_activation_counts_what_it_finds_under_way()
    {
        var job = Specs.Job(Specs.Group("only", 0, 3, Apart()));
        var running = Specs.TaskRow(0, TaskPhase.Running, node: Some.N1) with { Run = Some.Run(0, job.Groups[0].Template) };

        var region = RegionHarness.Confirmed(null, Specs.Row(job), running).WithNodes(Some.N1, Some.N2);

        Assert.Equal(Some.N2, Assert.Single(region.Dispatches()).Node);
        Assert.Contains("node n1 holds 1, node n2 holds 1", region.Explain(Some.Task(2)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_finds_those_it_must_be_near_to_when_they_come_after_it()
    {
        var region = Region();
        var near = Here() with { Affinity = [new NearRule(DomainLevel.Node, App("cache"), false)] };
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("near", 0, 1, near))));
        Assert.Empty(region.Dispatches());
        Assert.Equal(PendingReason.NoEligibleNode, region.Explain(Some.Task()).Reason);

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("cache", 0, 1, Here() with { Labels = App("cache") })), Other));

        Assert.Equal(2, region.Dispatches().Count);
        Assert.Equal(region.Dispatches()[0].Node, region.Dispatches()[1].Node);
    }

    [Fact]
    public void Members_of_a_gang_see_each_other_and_one_that_fits_nowhere_takes_nothing()
    {
        var region = Region();

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("gang", 0, 2, Apart() with { GangSize = 2 }))));
        Assert.Equal([Some.N1, Some.N2], region.Dispatches().Select(d => d.Node!.Value).Order());

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("gang", 0, 3, Apart() with { GangSize = 3 })), Other));
        Assert.Equal(2, region.Dispatches().Count);
        Assert.Contains("2 of 3 members fit", region.Explain(new TaskId(Other, 0)).Evidence, StringComparison.Ordinal);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("single", 0, 2, Apart())), new JobId(Some.East, "third")));
        Assert.Equal(4, region.Dispatches().Count);         // the gang that was tried is not counted
    }

    [Fact]
    public void Not_more_than_its_part_is_sent_to_a_region()
    {
        var region = Region();
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West)));

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 5, Some.Template() with { Spread = new SpreadRule(DomainLevel.Region, 2, 0) }))));

        Assert.Equal([Some.East, Some.East, Some.West, Some.West], region.Dispatches().Select(d => d.Region).OrderBy(r => r != Some.East));
        var why = region.Explain(Some.Task(4));
        Assert.Equal(PendingReason.SpreadImpossible, why.Reason);
        Assert.Contains("eu-west holds 2 of them", why.Regions.Single(r => r.Region == Some.West).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_region_is_not_sent_more_than_its_nodes_can_keep_apart()
    {
        var region = RegionHarness.Confirmed();
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West)));       // four nodes

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 6, Some.Template() with { AntiAffinity = [new NearRule(DomainLevel.Node, null, false)] }))));

        Assert.Equal(4, region.Dispatches().Count);
    }

    [Fact]
    public void A_wish_to_spread_over_regions_goes_before_the_own_room()
    {
        var region = Region();
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West)));

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 4, Some.Template() with { Spread = new SpreadRule(DomainLevel.Region, 0, 0) }))));

        Assert.Equal(2, region.Dispatches().Count(d => d.Region == Some.West));
    }

    [Fact]
    public void A_guest_is_kept_apart_from_others_of_its_job_and_the_owner_decides_on_regions()
    {
        var region = Region();
        region.Answer<RegionBeat>(new RegionBeatReply(RegionHarness.Summary(Some.West)));
        var template = Some.Template() with { AntiAffinity = [new NearRule(DomainLevel.Node, null, false)], Spread = new SpreadRule(DomainLevel.Region, 1, 0) };
        for (var index = 0; index < 3; index++)
        {
            var task = new TaskId(new JobId(Some.West, "guest"), index);
            region.Ask(new GuestWaits(new AttemptId(task, 1), Some.Run(index, template) with { Task = task }));
        }

        Assert.Equal([Some.N1, Some.N2], region.Dispatches().Select(d => d.Node!.Value).Order());
    }

    private static MachineHarness Region() => RegionHarness.Confirmed().WithNodes(Some.N1, Some.N2);

    private static TaskTemplate Here() => Some.Template() with { Regions = [Some.East] };

    private static TaskTemplate Apart() => Here() with { AntiAffinity = [new NearRule(DomainLevel.Node, null, false)] };

    private static ImmutableSortedDictionary<string, string> App(string app) => ImmutableSortedDictionary<string, string>.Empty.Add("app", app);
}
