using System.Net;
using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.EndToEnd.Tests;

/// <summary>A silo whose store lies on a disk that fills up.</summary>
[Collection("fleet")]
public sealed class FullDiskTests
{
    private const string Region = "us-east";

    [Fact]
    public async Task Full_disk_refuses_submits_with_503_and_works_again_without_a_restart()
    {
        var disk = Environment.GetEnvironmentVariable("LEPTON_SMALL_DISK");
        Assert.SkipWhen(disk is null, "LEPTON_SMALL_DISK names no small file system: bash infra/test.sh mounts one where it may.");
        var data = Directory.CreateDirectory(Path.Combine(disk!, "silo")).FullName;
        var filler = Path.Combine(disk!, "filler");
        try
        {
            await using var fleet = new SiloFleet();
            Directory.CreateSymbolicLink(Path.Combine(fleet.Home, Region), data);
            fleet.StartSilo(Region);
            await fleet.Eventually("the silo to be ready", Region, async c => (await c.GetRegionAsync(Region)).State != RegionDetail.Unreachable);
            using var http = new HttpClient { BaseAddress = fleet.Server(Region) };
            var accepted = 0;
            Assert.Equal(HttpStatusCode.Accepted, (await Submit(http)).StatusCode);
            accepted++;

            Fill(filler);
            HttpResponseMessage? refused = null;
            while (refused is null && accepted < 2_000)
            {
                var answer = await Submit(http);
                if (answer.IsSuccessStatusCode) accepted++;
                else refused = answer;
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused?.StatusCode);
            Assert.NotNull(refused!.Headers.RetryAfter?.Delta);
            var said = await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Contains("has no room", said, StringComparison.Ordinal);
            Assert.Contains("Maybe free space", said, StringComparison.Ordinal);
            // Everything that was acknowledged is there, and reading goes on.
            Assert.True((await fleet.Client(Region).ListJobsAsync(new JobFilter())).Items.Length > 0);

            File.Delete(filler);
            await fleet.Eventually("a submit to be taken again", Region, async c => (await c.SubmitAsync(Spec, new SubmitOptions($"{Region}/again"))).Tasks == 1);
            Assert.False(fleet.Silo(Region).HasExited);
        }
        finally
        {
            File.Delete(filler);
            Directory.Delete(data, recursive: true);
        }
    }

    private const string Spec = """{"apiVersion": "lepton.dev/v1", "kind": "Task", "name": "good", "run": {"handler": "noop"}}""";

    private static Task<HttpResponseMessage> Submit(HttpClient http) =>
        http.PostAsync(new Uri("api/v1/tasks", UriKind.Relative), new StringContent(Spec, null, "application/json"), TestContext.Current.CancellationToken);

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var size = 1 << 20;
        while (size >= 512)
        {
            try
            {
                file.Write(new byte[size]);
            }
            catch (IOException)
            {
                size /= 2;
            }
        }
    }
}
