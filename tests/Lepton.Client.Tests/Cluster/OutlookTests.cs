using Lepton.Client.Wire;
using Lepton.Model;

namespace Lepton.Client.Tests.Cluster;

public sealed class OutlookTests
{
    private const string Spec = """
        {"apiVersion":"lepton.dev/v1","kind":"Task","name":"train","run":{"command":["true"]},"resources":{"cpus":2,"memory":"2GiB"}}
        """;

    private readonly FakeFleet _fleet = new();

    private static RegionOutlook Of(RegionId region, PendingReason reason, bool canEver = true) => new(
        new RegionVerdict(region, reason, $"{region} says {reason}", 3, 1, [new Refusals("EnoughCpu", 2, "asked 2")], TimeSpan.Zero), ["wait"], canEver, 1_500_000,
        new StartEstimate(FakeFleet.Noon, FakeFleet.Noon.AddMinutes(1), FakeFleet.Noon.AddMinutes(2)), TimeSpan.FromHours(2), 4);

    private static Outlooks Says(RegionId region, PendingReason reason, bool canEver = true) =>
        new(region, [new TaskOutlook("train", null, 1, canEver, reason, $"{region} says {reason}", ["wait"], [Of(region, reason, canEver)])]);

    [Fact]
    public async Task Asks_the_owner_last_with_what_the_others_said_and_submits_nothing()
    {
        _fleet.Silent.Add(FakeFleet.South);
        _fleet.Outlook = (region, _) => Says(region, PendingReason.BehindInQueue);
        var outlook = await _fleet.Client().DryRunAsync(Spec);

        var asked = _fleet.Asked.Where(a => a.Message is AskOutlook).ToList();
        Assert.Equal(FakeFleet.East, asked[^1].To.Region);
        Assert.Equal([FakeFleet.West], ((AskOutlook)asked[^1].Message).Told.Select(t => t.Region));
        Assert.DoesNotContain(_fleet.Asked, a => a.Message is SubmitJob);
        Assert.Equal((SubmitOutlook.Starts, "us-east", (string?)null), (outlook.Outcome, outlook.Owner, outlook.RefusedFor));
        var region = outlook.Groups.Single().Regions.Single();
        Assert.Equal((1.5m, 3m, 4, "EnoughCpu"), (region.UsdPerHour, region.EstimatedUsd, region.TasksAhead, region.Opinion.TurnedDown.Single().Filter));
        Assert.Equal(FakeFleet.Noon.AddMinutes(1), region.Start!.Expected);
    }

    [Theory]
    [InlineData(PendingReason.InsufficientCapacity, true, SubmitOutlook.Waits)]
    [InlineData(PendingReason.Unsatisfiable, false, SubmitOutlook.Never)]
    [InlineData(PendingReason.BehindInQueue, true, SubmitOutlook.Starts)]
    public async Task Tells_apart_what_starts_waits_and_never_can(PendingReason reason, bool canEver, string outcome)
    {
        _fleet.Outlook = (region, _) => Says(region, reason, canEver);
        Assert.Equal(outcome, (await _fleet.Client().DryRunAsync(Spec)).Outcome);
    }

    [Fact]
    public async Task Says_what_a_submit_would_be_refused_for()
    {
        _fleet.Outlook = (region, _) => Says(region, PendingReason.Unsatisfiable, false);
        var outlook = await _fleet.Client().DryRunAsync(Spec);
        Assert.Equal(SubmitOutlook.Never, outlook.Outcome);
        Assert.Equal("Task train could never start. Unsatisfiable: us-east says Unsatisfiable.", outlook.RefusedFor);
    }

    [Fact]
    public async Task A_bad_spec_is_refused_as_at_submit()
    {
        var failed = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().DryRunAsync("{}"));
        Assert.Equal(ProblemCodes.InvalidSpec, failed.Code);
    }
}
