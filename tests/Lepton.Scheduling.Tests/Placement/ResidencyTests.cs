using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.StateMachines.Jobs;
using Lepton.Scheduling.StateMachines.Tasks;
using Lepton.Scheduling.Tests.StateMachines.Regions;

namespace Lepton.Scheduling.Tests.Placement;

/// <summary>Where a job's residency keeps it: a hard rule in every machine that could break it.</summary>
public sealed class ResidencyTests
{
    private static Residency Only(params RegionId[] regions) => new(["asked"], [.. regions]);

    private static TaskTemplate Template(long milli, params RegionId[] regions) => Some.Template(milli) with { Residency = Only(regions) };

    [Fact]
    public void No_task_is_ever_sent_out_of_its_residency() => Gen.Select(
        Gen.Int[0, 3].Array[1, 12], Gen.Bool, Gen.Int[0, 2]).Sample((kinds, ordered, data) =>
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West)));
        for (var i = 0; i < kinds.Length; i++)
        {
            RegionId[] allowed = kinds[i] switch { 0 => [Some.East], 1 => [Some.West], 2 => [Some.East, Some.West], _ => [] };
            var template = Template(2000, allowed) with { Regions = ordered ? [Some.West, Some.East] : [], RegionsOrdered = ordered };
            var group = Specs.Group("only", 0, 2, template);
            if (data > 0) group = group with { Inputs = [new InputRef(data == 1 ? "file:///x" : "http://x", Some.West, 1)] };
            region.Ask(Specs.Ready(Specs.Job(group) with { Residency = template.Residency }, new JobId(Some.East, $"job{i}")));
            region.AnswerDispatches();
        }

        Assert.All(region.Dispatches(), d => Assert.True(d.Run.Template.Residency!.Allows(d.Region), $"{d.Run.Task} in {d.Region}"));
    });

    [Fact]
    public void ResidencyForbids_is_said_where_it_does()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Template(1000, Some.West)))));
        var explanation = region.Explain(Some.Task());
        var own = explanation.Regions.Single(r => r.Region == Some.East);
        Assert.Equal((PendingReason.ResidencyForbids, "its job may be in eu-west only (residency asked)"), (own.Reason, own.Evidence));
        Assert.Equal(PendingReason.RegionUnreachable, explanation.Reason);

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Template(1000))), new JobId(Some.East, "job2")));
        Assert.Equal(PendingReason.ResidencyForbids, region.Explain(new TaskId(new JobId(Some.East, "job2"), 0)).Reason);
    }

    [Fact]
    public void A_job_of_another_residency_is_refused_and_nothing_is_kept()
    {
        var machine = new MachineHarness(() => new JobMachine(Some.Job, Some.East, Some.Settings())).Activate();
        var submit = Specs.Submit(Specs.Group("only", 0, 1, Template(1000, Some.West)));
        submit = submit with { Spec = submit.Spec with { Residency = Only(Some.West) } };
        var refused = Assert.IsType<Refused>(machine.Ask(submit));
        Assert.Contains("may be in eu-west only", refused.Text, StringComparison.Ordinal);
        Assert.Null(machine.Stored);
    }

    [Fact]
    public void A_guest_of_another_residency_is_refused_and_nothing_is_kept()
    {
        var machine = new MachineHarness(() => new GuestMachine(Some.Task(), Some.West, Some.Settings(Some.West))).Activate();
        var refused = Assert.IsType<Refused>(machine.Ask(new GuestOffer(Some.Attempt(), Some.Run(template: Template(1000, Some.East)))));
        Assert.Contains("nothing of it is kept", refused.Text, StringComparison.Ordinal);
        Assert.Null(machine.Stored);
    }

    [Fact]
    public void A_task_refuses_an_order_out_of_its_residency()
    {
        var machine = new MachineHarness(() => new TaskMachine(Some.Task(), Some.East, Some.Settings())).Activate();
        var order = Some.DispatchTo(Some.West);
        Assert.IsType<Refused>(machine.Ask(order with { Run = Some.Run(template: Template(1000, Some.East)) }));
        Assert.Null(machine.Stored);
    }
}
