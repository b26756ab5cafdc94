using Lepton.Model;

namespace Lepton.Client.Tests.Ids;

public sealed class JobIdsTests
{
    private static readonly RegionId East = new("us-east");

    [Fact]
    public void Makes_the_same_id_of_the_same_key_for_ever()
    {
        // The value is part of the contract: a key sent before an upgrade must meet its job after it.
        var id = JobIds.FromKey(East, TenantId.Default, "tasks", "us-east/6f1d3c1e-0000-4000-8000-000000000001");
        Assert.Equal("us-east.4QGGG3W86NEJS2M44JXXHXPMD7", id.ToString());
        Assert.Equal(id, JobIds.FromKey(East, TenantId.Default, "tasks", "us-east/6f1d3c1e-0000-4000-8000-000000000001"));
    }

    [Fact]
    public void Tells_apart_region_tenant_endpoint_and_key()
    {
        JobId[] ids =
        [
            JobIds.FromKey(East, TenantId.Default, "tasks", "k"),
            JobIds.FromKey(new RegionId("eu-west"), TenantId.Default, "tasks", "k"),
            JobIds.FromKey(East, new TenantId("nlp"), "tasks", "k"),
            JobIds.FromKey(East, TenantId.Default, "jobs", "k"),
            JobIds.FromKey(East, TenantId.Default, "tasks", "K"),
            JobIds.FromKey(East, TenantId.Default, "task", "sk"),
            JobIds.FromKey(East, new TenantId("defaultt"), "asks", "k"),
        ];
        Assert.Equal(ids.Length, ids.Select(i => i.Key).Distinct().Count());
    }

    [Fact]
    public void Makes_a_new_id_each_time_where_there_is_no_key()
    {
        var now = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
        var ids = Enumerable.Range(0, 100).Select(_ => JobIds.Random(East, now).Key).ToArray();
        Assert.Equal(100, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(id.Length == 26 && CrockfordBase32.IsWritten(id)));
        Assert.Single(ids.Select(i => i[..9]).Distinct());
        Assert.True(string.CompareOrdinal(JobIds.Random(East, now.AddSeconds(1)).Key, ids[0]) > 0);
    }

    [Fact]
    public void Gives_ids_that_parse_back()
    {
        var id = JobIds.Random(East, DateTimeOffset.UnixEpoch);
        Assert.True(JobId.TryParse(id.ToString(), out var parsed));
        Assert.Equal(id, parsed);
    }
}
