using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Tests.StateMachines.Regions;

namespace Lepton.Scheduling.Tests.Explaining;

/// <summary>Of all reasons the one that counts: the first that holds for the task as a whole, else that of the region where it starts soonest.</summary>
public sealed class DominantReasonTests
{
    private static readonly DateTimeOffset Now = MachineHarness.Start;
    private static readonly RegionId South = new("ap-south");
    private static readonly RegionSettings Settings = Some.Settings() with { Fleet = [South, Some.East, Some.West] };
    private static readonly RegionSettings Alone = Some.Settings() with { Fleet = [Some.East] };

    private static readonly PendingReason[] Drawn = [PendingReason.BehindInQueue, PendingReason.InsufficientCapacity, PendingReason.Fragmented, PendingReason.QuotaExceeded, PendingReason.NoEligibleNode, PendingReason.RegionUnreachable, PendingReason.Unsatisfiable];

    [Fact]
    public void The_region_with_the_earliest_start_counts_whatever_its_reason_is()
    {
        Assert.Equal(PendingReason.Fragmented, Of((Some.East, PendingReason.Fragmented, 10), (Some.West, PendingReason.InsufficientCapacity, null)));
        Assert.Equal(PendingReason.InsufficientCapacity, Of((Some.East, PendingReason.Fragmented, 10), (Some.West, PendingReason.InsufficientCapacity, 5)));
        Assert.Equal(PendingReason.Fragmented, Of((Some.East, PendingReason.Fragmented, 10), (Some.West, PendingReason.InsufficientCapacity, 11)));
        Assert.Equal(PendingReason.BehindInQueue, Of((Some.East, PendingReason.InsufficientCapacity, 1), (Some.West, PendingReason.BehindInQueue, null)));
        Assert.Equal(PendingReason.QuotaExceeded, Of((Some.East, PendingReason.QuotaExceeded, null), (Some.West, PendingReason.RegionUnreachable, null)));
        Assert.Equal(PendingReason.RegionUnreachable, Of((Some.East, PendingReason.Unsatisfiable, null), (Some.West, PendingReason.RegionUnreachable, null)));
    }

    [Fact]
    public void Ties_go_to_the_nearest_tier_then_to_the_own_region_then_by_name()
    {
        Assert.Equal(PendingReason.InsufficientCapacity, Of((Some.East, PendingReason.QuotaExceeded, null), (Some.West, PendingReason.InsufficientCapacity, null)));
        Assert.Equal(PendingReason.InsufficientCapacity, Of((Some.East, PendingReason.Fragmented, 7), (Some.West, PendingReason.InsufficientCapacity, 7)));
        Assert.Equal("us-east", Words((Some.East, PendingReason.Fragmented, null), (South, PendingReason.Fragmented, null), (Some.West, PendingReason.Fragmented, null)));
        Assert.Equal("ap-south", Words((Some.East, PendingReason.Unsatisfiable, null), (South, PendingReason.Fragmented, null), (Some.West, PendingReason.Fragmented, null)));
    }

    [Fact]
    public void Nobody_who_is_known_to_start_later_silent_or_never_comes_before_one_who_starts_sooner() =>
        Gen.Select(Gen.Int[0, Drawn.Length - 1].Select(i => Drawn[i]), Gen.Int[-5, 20]).Array[1, 3].Sample(drawn =>
        {
            RegionId[] regions = [Some.East, South, Some.West];
            var verdicts = drawn.Select((d, i) => (regions[i], d.Item1, d.Item1 is PendingReason.RegionUnreachable or PendingReason.Unsatisfiable or PendingReason.QuotaExceeded || d.Item2 < 0 ? (int?)null : d.Item2)).ToArray();
            double StartOf((RegionId Region, PendingReason Reason, int? Start) v) => v.Reason switch
            {
                PendingReason.Unsatisfiable => 3e6,
                PendingReason.RegionUnreachable => 2e6,
                _ => v.Start ?? (v.Reason == PendingReason.BehindInQueue ? 0 : 1e6),
            };
            var chosen = verdicts.Single(v => v.Item1.Value == Words(verdicts));
            Assert.Equal(verdicts.Min(StartOf), StartOf(chosen));
        });

    [Fact]
    public void What_no_region_could_ever_run_says_so_before_it_says_when_it_may_begin()
    {
        var region = RegionHarness.Confirmed(Alone).WithNodes(Some.N1);
        var later = Some.Template(64_000) with { StartAfter = Now.AddHours(1) };
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, later))));
        var explained = region.Explain(new TaskId(Some.Job, 0));
        Assert.Equal(PendingReason.Unsatisfiable, explained.Reason);
        Assert.Null(explained.Start);

        // A node that has not said what it has may be the one: then the time is what is known.
        region.Ask(Specs.Says(Some.N2, spec: Some.Node(0) with { Capacity = Capacity.Zero }));
        Assert.Equal(PendingReason.NotBefore, region.Explain(new TaskId(Some.Job, 0)).Reason);
    }

    [Fact]
    public void Its_own_time_comes_before_what_it_waits_for()
    {
        var region = RegionHarness.Confirmed(Alone).WithNodes(Some.N1);
        var spec = Specs.Job(Specs.Group("make", 0, 1), Specs.Group("use", 1, 1, Some.Template() with { StartAfter = Now.AddHours(1) }) with { DependsOn = ["make"] });
        region.Ask(Specs.Ready(spec));

        Assert.Equal(PendingReason.NotBefore, region.Explain(new TaskId(Some.Job, 1)).Reason);
        region.Pass(TimeSpan.FromHours(2));
        Assert.Equal(PendingReason.WaitingForDependency, region.Explain(new TaskId(Some.Job, 1)).Reason);
    }

    [Fact]
    public void A_region_that_knows_when_it_starts_here_prefers_that_to_one_that_is_merely_less_split_up()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1, Some.N2);
        foreach (var key in new[] { "a", "b" })
        {
            region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(2500, timeLimit: TimeSpan.FromSeconds(60)) with { Regions = [Some.East] })), new JobId(Some.East, key)));
        }

        new RegionLife().Runs(region);
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West, freeMilli: 500)));
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(3000)))));

        var explained = region.Explain(Some.Task());
        Assert.Equal(PendingReason.InsufficientCapacity, explained.Regions.Single(r => r.Region == Some.West).Reason);
        Assert.Equal(PendingReason.Fragmented, explained.Reason);
    }

    private static PendingReason Of(params (RegionId Region, PendingReason Reason, int? Start)[] verdicts) => Dominant(verdicts).Reason;

    private static string Words(params (RegionId Region, PendingReason Reason, int? Start)[] verdicts) => Dominant(verdicts).Evidence;

    private static Verdict Dominant((RegionId Region, PendingReason Reason, int? Start)[] verdicts) => Explainer.Dominant(
        TaskShape.Of(Some.Template(), null, Settings.Fleet),
        Some.East,
        new PeerBook(Settings),
        verdicts.Select(v => (v.Region, new Verdict(v.Reason, v.Region.Value, "wait"), v.Start is { } minutes ? Now.AddMinutes(minutes) : (DateTimeOffset?)null)),
        Now);
}
