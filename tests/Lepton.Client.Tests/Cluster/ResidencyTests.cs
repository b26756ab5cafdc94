using Lepton.Client.Wire;
using Lepton.Model;

namespace Lepton.Client.Tests.Cluster;

/// <summary>A job that may be in some regions only, submitted to a region that is none of them.</summary>
public sealed class ResidencyTests
{
    private readonly FakeFleet _fleet = new();

    private static string Spec(string residency) => $$$"""
        {"apiVersion":"lepton.dev/v1","kind":"Task","name":"train","run":{"command":["true"]},"placement":{"residency":[{{{residency}}}]}}
        """;

    private static JobId IdOf(RegionId region, string key) => JobIds.FromKey(region, TenantId.Default, "tasks", key);

    private void Accepts(RegionId region, string key, bool replayed = false)
    {
        _fleet.Answer(Address.Of(IdOf(region, key)), m => m is SubmitJob s ? new JobAccepted(s.Job, s.Spec.TaskCount, replayed) : null);
        _fleet.Answer(Address.Of(IdOf(FakeFleet.East, key)), m => m is HoldKey ? Ack.Done : null);
    }

    private List<RegionId> ToldTheSpec() => [.. _fleet.Asked.Where(a => a.Message is SubmitJob or AskOutlook).Select(a => a.To.Region).Distinct()];

    [Fact]
    public async Task Is_forwarded_to_its_owner_and_to_nobody_else()
    {
        Accepts(FakeFleet.West, "us-east/1");
        var accepted = await _fleet.Client().SubmitAsync(Spec("\"eu-*\""), new SubmitOptions("us-east/1"));

        Assert.Equal(IdOf(FakeFleet.West, "us-east/1").ToString(), accepted.Job);
        Assert.Equal([FakeFleet.West], ToldTheSpec());
        Assert.Equal("eu-west only (residency eu-*)", accepted.Residency);
        var sent = _fleet.Asked.Select(a => a.Message).OfType<SubmitJob>().Single().Spec;
        Assert.Equal([FakeFleet.West], sent.Residency!.Regions);
        Assert.All(sent.Groups, g => Assert.Equal(sent.Residency, g.Template.Residency));
    }

    [Fact]
    public async Task A_repeat_meets_the_same_owner_whoever_answers_that_day()
    {
        Accepts(FakeFleet.West, "us-east/1");
        Accepts(FakeFleet.South, "us-east/1");
        var spec = Spec("\"eu-west\",\"ap-south\"");
        var first = await _fleet.Client().SubmitAsync(spec, new SubmitOptions("us-east/1"));
        var owner = new RegionId(first.Job.Split('.')[0]);
        Assert.Equal(first.Job, (await _fleet.Client().SubmitAsync(spec, new SubmitOptions("us-east/1"))).Job);

        _fleet.Asked.Clear();
        _fleet.Silent.Add(owner);
        var failed = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().SubmitAsync(spec, new SubmitOptions("us-east/1")));
        Assert.Equal(ProblemCodes.RegionUnreachable, failed.Code);
        Assert.Contains($"{owner} would own it and does not answer", failed.Message, StringComparison.Ordinal);
        Assert.Empty(ToldTheSpec());
    }

    [Fact]
    public async Task Without_a_key_any_region_of_its_residency_that_answers_takes_it()
    {
        _fleet.Silent.Add(FakeFleet.South);
        _fleet.Nodes[FakeFleet.West] = [FakeFleet.ANode(FakeFleet.West, "n01", new Capacity(4000, 8L << 30))];
        var failed = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().SubmitAsync(Spec("\"eu-west\",\"ap-south\""), new SubmitOptions()));
        Assert.Equal(ProblemCodes.NotFound, failed.Code);       // the fake has no machine under an id of chance
        Assert.Equal([FakeFleet.West], ToldTheSpec());
    }

    [Fact]
    public async Task Says_clearly_that_nobody_who_may_have_it_answers()
    {
        _fleet.Silent.Add(FakeFleet.West);
        var failed = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().SubmitAsync(Spec("\"eu-west\""), new SubmitOptions()));
        Assert.Equal(ProblemCodes.RegionUnreachable, failed.Code);
        Assert.Contains("may be in eu-west only", failed.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was sent or kept by us-east", failed.Message, StringComparison.Ordinal);
        Assert.Empty(ToldTheSpec());
    }

    [Fact]
    public async Task A_key_that_its_own_region_has_used_is_not_used_again()
    {
        _fleet.Answer(Address.Of(IdOf(FakeFleet.East, "us-east/1")), m => m is HoldKey ? new Refused(RefusalCode.Conflict, "used for another job") : null);
        var failed = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().SubmitAsync(Spec("\"eu-west\""), new SubmitOptions("us-east/1")));
        Assert.Equal(ProblemCodes.IdempotencyKeyReused, failed.Code);
        Assert.Empty(ToldTheSpec());
    }

    [Fact]
    public async Task The_region_of_the_key_notes_whose_it_is_before_the_spec_is_sent_and_learns_nothing_else()
    {
        Accepts(FakeFleet.West, "us-east/1");
        await _fleet.Client().SubmitAsync(Spec("\"eu-*\""), new SubmitOptions("us-east/1"));

        var told = _fleet.Asked.Where(a => a.Message is HoldKey or SubmitJob).ToList();
        Assert.Equal([FakeFleet.East, FakeFleet.West], told.Select(a => a.To.Region));
        Assert.Equal(new HoldKey(IdOf(FakeFleet.East, "us-east/1"), IdOf(FakeFleet.West, "us-east/1")), told[0].Message);
    }

    [Fact]
    public async Task Nothing_is_sent_while_the_region_of_the_key_does_not_answer()
    {
        Accepts(FakeFleet.West, "ap-south/1");
        _fleet.Silent.Add(FakeFleet.South);
        var failed = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().SubmitAsync(Spec("\"eu-*\""), new SubmitOptions("ap-south/1")));

        Assert.Equal(ProblemCodes.RegionUnreachable, failed.Code);
        Assert.Contains("belongs to ap-south, which does not say whether it is free", failed.Message, StringComparison.Ordinal);
        Assert.Empty(ToldTheSpec());
    }

    [Fact]
    public async Task The_same_key_without_the_residency_is_a_conflict_in_whatever_words_its_region_says_so()
    {
        _fleet.Nodes[FakeFleet.East] = [FakeFleet.ANode(FakeFleet.East, "n01", new Capacity(4000, 8L << 30))];
        _fleet.Answer(Address.Of(IdOf(FakeFleet.East, "us-east/1")), m => m is SubmitJob ? new Refused(RefusalCode.Conflict, "the key was used for eu-west.1") : null);
        var free = Spec("\"eu-*\"").Replace(",\"placement\":{\"residency\":[\"eu-*\"]}", "", StringComparison.Ordinal);
        Assert.DoesNotContain("residency", free, StringComparison.Ordinal);

        var failed = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().SubmitAsync(free, new SubmitOptions("us-east/1")));

        Assert.Equal((ProblemCodes.IdempotencyKeyReused, 422), (failed.Code, ProblemCodes.StatusOf(failed.Code)));
    }

    [Fact]
    public async Task Names_of_no_region_are_refused_with_those_there_are()
    {
        var failed = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().SubmitAsync(Spec("\"mars-*\""), new SubmitOptions()));
        Assert.Equal(ProblemCodes.InvalidSpec, failed.Code);
        Assert.Contains("no region of the fleet is named or labelled \"mars-*\"", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_asks_no_region_outside()
    {
        _fleet.Outlook = (region, _) => new Outlooks(region, []);
        var outlook = await _fleet.Client().DryRunAsync(Spec("\"eu-west\""));
        Assert.Equal("eu-west", outlook.Owner);
        Assert.Equal([FakeFleet.West], ToldTheSpec());
    }

    [Fact]
    public async Task Logs_are_served_by_a_region_of_its_residency_only()
    {
        var job = FakeFleet.AJob(id: new JobId(FakeFleet.West, "01AAAAAAAAAAAAAAAAAAAAAAAA"));
        _fleet.Put(job with { Spec = job.Spec with { Residency = new Residency(["eu-*"], [FakeFleet.West]) } });
        var failed = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().ReadLogAsync($"{job.Job}/0", new LogRead()));
        Assert.Equal((ProblemCodes.ResidencyForbids, 403), (failed.Code, ProblemCodes.StatusOf(failed.Code)));
        Assert.Contains("--server http://127.0.0.1:8081/", failed.Problem.Hint, StringComparison.Ordinal);
    }
}
