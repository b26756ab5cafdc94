using Lepton.Client.Wire;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Client.Tests.Cluster;

public sealed class JobListTests
{
    private readonly FakeFleet _fleet = new();

    private static JobItem Job(RegionId region, int minute) => new(
        new JobId(region, $"{minute:D2}".PadRight(26, '0')), $"job{minute}", JobPhase.Active, 1, FakeFleet.Noon.AddMinutes(minute), null, 50);

    [Fact]
    public async Task Shows_the_jobs_of_all_regions_newest_first()
    {
        _fleet.Jobs.AddRange([Job(FakeFleet.East, 5), Job(FakeFleet.East, 2)]);
        var west = _fleet.Peers[FakeFleet.West] = new Peer(Job(FakeFleet.West, 4), Job(FakeFleet.West, 3)) { PageSize = 1 };
        _fleet.Peers[FakeFleet.South] = new Peer { Down = true };
        var page = await _fleet.Client().ListJobsAsync(new JobFilter { LiveOnly = true });
        Assert.Equal(["job5", "job4", "job3", "job2"], page.Items.Select(j => j.Name));
        Assert.Equal(("ap-south", 4L, true), (page.Missing!.Value.Single().Region, page.Total, page.Truncated));
        Assert.Equal(("eu-west", true), (((Peer)west).LastJobs!.Owner, ((Peer)west).LastJobs!.LiveOnly));
    }

    [Fact]
    public async Task Asks_only_the_owner_that_is_named()
    {
        _fleet.Jobs.Add(Job(FakeFleet.East, 5));
        Assert.Equal("job5", (await _fleet.Client().ListJobsAsync(new JobFilter { Owner = "us-east" })).Items.Single().Name);
        var unknown = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().ListJobsAsync(new JobFilter { Owner = "mars" }));
        Assert.Equal(ProblemCodes.NotFound, unknown.Code);
    }
}
