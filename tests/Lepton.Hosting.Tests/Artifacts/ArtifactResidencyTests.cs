using System.Collections.Immutable;
using System.Net;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting.Tests;

/// <summary>Artifacts of a job with residency: kept and given inside only, at both ends, whoever asks.</summary>
public sealed class ArtifactResidencyTests : IDisposable
{
    private static readonly RegionId East = new("us-east");
    private static readonly RegionId West = new("us-west");
    private static readonly RegionId South = new("ap-south");
    private readonly TempFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_region_outside_gets_nothing_and_one_inside_gets_it_with_its_note()
    {
        var content = Stores.Noise(300_000);
        await using var east = await DataHost.Start("us-east");
        await east.Artifacts.Put(new MemoryStream(content), null, [East, South], Cancel);
        using var west = Store(West, east.Address);
        using var south = Store(South, east.Address);

        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => west.Fetch(Stores.Ref(content), Cancel));
        Assert.Contains("may be in us-east, ap-south only, not in us-west", refused.Message, StringComparison.Ordinal);
        Assert.Null(await west.Open(Stores.Hash(content), Cancel));
        Assert.Equal(0, west.TotalBytes);

        Assert.Equal(content, await Stores.ReadAll(await south.Fetch(Stores.Ref(content), Cancel)));
        Assert.Equal([East, South], south.Within(Stores.Hash(content)));
    }

    [Fact]
    public async Task The_region_that_has_it_refuses_by_itself_and_says_why()
    {
        var content = Stores.Text(50_000);
        await using var east = await DataHost.Start("us-east");
        await east.Artifacts.Put(new MemoryStream(content), null, [East], Cancel);
        using var http = new HttpClient();
        var address = new Uri(east.Address, DataRoutes.ArtifactPath(Stores.Hash(content)));
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            using var request = new HttpRequestMessage(method, address);
            request.Headers.Add(DataRoutes.RegionHeader, "us-west");
            using var answer = await http.SendAsync(request, Cancel);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            if (method == HttpMethod.Get) Assert.Contains("may be in us-east only, not in us-west", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        // The region's own agents name no region.
        Assert.Equal(content, await http.GetByteArrayAsync(address, Cancel));
    }

    [Fact]
    public async Task The_region_that_takes_refuses_by_itself_though_the_other_gives_it()
    {
        var content = Stores.Noise(10_000);
        await using var careless = await DataHost.Start("us-east", front: (context, next) =>
        {
            context.Request.Headers.Remove(DataRoutes.RegionHeader);
            return next(context);
        });
        await careless.Artifacts.Put(new MemoryStream(content), null, [East], Cancel);
        using var west = Store(West, careless.Address);

        await Assert.ThrowsAsync<InvalidDataException>(() => west.Fetch(Stores.Ref(content), Cancel));
        Assert.Null(await west.Open(Stores.Hash(content), Cancel));
    }

    [Fact]
    public async Task An_agent_cannot_leave_it_in_a_region_outside()
    {
        var content = Stores.Noise(10_000);
        await using var west = await DataHost.Start("us-west");
        using var http = new HttpClient();
        var client = new RegionDataClient(http, west.Address);

        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => client.PutArtifact(Stores.Hash(content), new MemoryStream(content), [East], Cancel));
        Assert.Contains("may be in us-east only; this is us-west", refused.Message, StringComparison.Ordinal);
        Assert.Null(await west.Artifacts.Open(Stores.Hash(content), Cancel));

        await client.PutArtifact(Stores.Hash(content), new MemoryStream(content), [East, West], Cancel);
        Assert.Equal([East, West], west.Artifacts.Within(Stores.Hash(content)));
    }

    [Fact]
    public async Task The_note_goes_with_its_artifact_and_is_none_itself()
    {
        using var east = Store(East, null);
        var content = Stores.Noise(1_000);
        await east.Put(new MemoryStream(content), null, [East], Cancel);
        Assert.Equal(Stores.Hash(content), Assert.Single(east.All()).Sha256);

        Assert.True(east.Remove(Stores.Hash(content), DateTimeOffset.MaxValue));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    /// <summary>All orders of three owners: it may be where any one of them lets it be, after a restart too.</summary>
    [Fact]
    public async Task Content_of_several_owners_may_be_wherever_one_of_them_lets_it()
    {
        RegionId[] others = [West, South];
        ImmutableArray<RegionId> Of(int owner) => owner == 4 ? default : [East, .. others.Where((_, i) => (owner >> i & 1) == 1)];
        for (var order = 0; order < 125; order++)
        {
            int[] owners = [order % 5, order / 5 % 5, order / 25];
            byte[] content = [(byte)order];
            using (var first = Store(East, null))
            {
                foreach (var owner in owners) await first.Put(new MemoryStream(content), null, Of(owner), Cancel);
            }

            using var store = Store(East, null);
            var within = store.Within(Stores.Hash(content));
            foreach (var region in others) Assert.Equal(owners.Any(o => Of(o).IsDefault || Of(o).Contains(region)), within.IsDefault || within.Contains(region));
        }
    }

    private FileArtifactStore Store(RegionId self, Uri? east) => Stores.Artifacts(
        new ArtifactOptions { Root = Path.Combine(_folder.Path, self.Value) },
        new RegionDirectory(self, east is null ? [] : [new RegionEndpoint(East, "127.0.0.1:1", east)]));
}
