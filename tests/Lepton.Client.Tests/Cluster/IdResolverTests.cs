using Lepton.Client.Wire;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Client.Tests.Cluster;

public sealed class IdResolverTests
{
    private readonly FakeFleet _fleet = new();

    private JobId Known(string key, string region = "us-east")
    {
        var id = new JobId(new RegionId(region), key.PadRight(26, '0'));
        if (region == "us-east") _fleet.Jobs.Add(new JobItem(id, "train", JobPhase.Active, 1, FakeFleet.Noon, null, 50));
        _fleet.Put(FakeFleet.AJob(id: id));
        return id;
    }

    private async Task<LeptonException> Refused(string id) => await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().GetJobAsync(id));

    [Theory]
    [InlineData("us-east.01AAA")]
    [InlineData("us-east.01aaa")]
    [InlineData("01AAA")]
    [InlineData("o1aaa")]
    [InlineData("01AAA000000000000000000000")]
    [InlineData("us-east.01AAA000000000000000000000")]
    public async Task Finds_a_job_by_any_unambiguous_start(string typed)
    {
        var id = Known("01AAA");
        Known("01BBB");
        Assert.Equal(id.ToString(), (await _fleet.Client().GetJobAsync(typed)).Id);
    }

    [Fact]
    public async Task Takes_a_whole_id_without_looking_it_up()
    {
        var id = Known("01AAA", "eu-west");
        Assert.Equal(id.ToString(), (await _fleet.Client().GetJobAsync(id.ToString())).Id);
        Assert.Empty(_fleet.JobQueries);
    }

    [Fact]
    public async Task Names_the_candidates_of_an_ambiguous_start()
    {
        var ids = new[] { Known("01AAA"), Known("01ABB") };
        var refused = await Refused("01A");
        Assert.Equal(ProblemCodes.AmbiguousId, refused.Code);
        Assert.All(ids, id => Assert.Contains(id.ToString(), refused.Problem.Hint, StringComparison.Ordinal));
        Assert.Equal(2, refused.Problem.Errors!.Value.Length);
    }

    [Fact]
    public async Task Says_how_many_where_there_are_too_many_to_name()
    {
        for (var i = 0; i < 9; i++) Known($"01A{i}");
        var refused = await Refused("01A");
        Assert.Contains("9 jobs", refused.Message, StringComparison.Ordinal);
        Assert.Equal(5, refused.Problem.Errors!.Value.Length);
    }

    [Fact]
    public async Task Asks_the_other_regions_where_the_own_one_knows_nothing()
    {
        var id = Known("01CCC", "eu-west");
        _fleet.Peers[FakeFleet.West] = new Peer(new JobItem(id, "train", JobPhase.Active, 1, FakeFleet.Noon, null, 50));
        _fleet.Peers[FakeFleet.South] = new Peer();
        Assert.Equal(id.ToString(), (await _fleet.Client().GetJobAsync("01CC")).Id);
        Assert.Equal(id.ToString(), (await _fleet.Client().GetJobAsync("eu-west.01CC")).Id);
        Assert.Equal(ProblemCodes.NotFound, (await Refused("01DD")).Code);
    }

    [Fact]
    public async Task Does_not_say_not_found_while_a_region_does_not_answer()
    {
        _fleet.Peers[FakeFleet.West] = new Peer { Down = true };
        _fleet.Peers[FakeFleet.South] = new Peer();
        var refused = await Refused("01DD");
        Assert.Equal(ProblemCodes.RegionUnreachable, refused.Code);
        Assert.Contains("eu-west", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mars.01AAA", "mars")]
    [InlineData("us-east.", "us-east.")]
    [InlineData("train!", "train!")]
    [InlineData("us-east.01AAA000000000000000000000000", "us-east.01AAA0")]
    public async Task Refuses_what_cannot_be_an_id(string typed, string named)
    {
        var refused = await Refused(typed);
        Assert.Equal(ProblemCodes.NotFound, refused.Code);
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.NotNull(refused.Problem.Hint);
    }

    [Fact]
    public async Task Asks_for_the_index_of_a_task_where_a_job_has_several()
    {
        _fleet.Put(FakeFleet.AJob(3));
        var several = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().GetTaskAsync(FakeFleet.Job.ToString()));
        Assert.Equal(ProblemCodes.AmbiguousId, several.Code);
        Assert.Contains("/2", several.Problem.Hint, StringComparison.Ordinal);
        Assert.Equal($"{FakeFleet.Job}/2", (await _fleet.Client().GetTaskAsync($"{FakeFleet.Job}/2")).Id);
        var beyond = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().GetTaskAsync($"{FakeFleet.Job}/3"));
        Assert.Equal((ProblemCodes.NotFound, true), (beyond.Code, beyond.Message.Contains("3 tasks", StringComparison.Ordinal)));
    }
}
