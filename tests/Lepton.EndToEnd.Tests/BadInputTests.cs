using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Lepton.Client;
using Lepton.Client.Wire;
using Lepton.Tests.Shared;

namespace Lepton.EndToEnd.Tests;

/// <summary>Bad texts and bad callers against the silo's own process and the real command line: refused in words, nothing stored, and everybody else goes on.</summary>
[Collection("fleet")]
public sealed partial class BadInputTests
{
    private const string Region = "us-east";
    private const string Good = """{"apiVersion": "lepton.dev/v1", "kind": "Task", "name": "good", "run": {"handler": "noop"}}""";

    [Fact]
    public async Task Every_kept_text_is_refused_and_nothing_is_stored()
    {
        await using var fleet = await Silo();
        using var http = new HttpClient { BaseAddress = fleet.Server(Region) };
        Assert.NotEmpty(SpecCorpus.Names);
        foreach (var name in SpecCorpus.Names) await IsRefusedByTheServer(http, name);

        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(SpecCorpus.Names, new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (name, cancel) =>
        {
            if (await Complaint(fleet.Server(Region), name, cancel) is { } complaint) wrong.Add(complaint);
        });
        Assert.Empty(wrong);

        var client = fleet.Client(Region);
        Assert.Empty((await client.ListJobsAsync(new JobFilter())).Items);
        Assert.Empty((await client.ListTasksAsync(new TaskFilter())).Items);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("readyz", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        var accepted = await client.SubmitAsync(Good, new SubmitOptions());
        Assert.Equal(accepted.Job, Assert.Single((await client.ListJobsAsync(new JobFilter())).Items).Id);
    }

    [Fact]
    public async Task Slow_bodies_end_with_408_and_others_go_on_meanwhile()
    {
        await using var fleet = await Silo();
        var server = fleet.Server(Region);
        using var limit = new CancellationTokenSource(Fleet.Patience);
        var slow = new List<RawHttp>();
        try
        {
            for (var i = 0; i < 40; i++)
            {
                slow.Add(await RawHttp.Open(server));
                await slow[^1].Send(RawHttp.Head(server, "Content-Length: 10000") + "{\"kind\":");
            }

            var accepted = await fleet.Client(Region).SubmitAsync(Good, new SubmitOptions(), limit.Token);
            Assert.Equal(1, accepted.Tasks);
            foreach (var caller in slow)
            {
                var said = await caller.ToTheEnd(limit.Token);
                Assert.Equal(408, RawHttp.StatusOf(said));
                Assert.Contains("The body came too slowly: at least 240 bytes a second are expected.", said, StringComparison.Ordinal);
            }

            Assert.Single((await fleet.Client(Region).ListJobsAsync(new JobFilter(), limit.Token)).Items);
        }
        finally
        {
            foreach (var caller in slow) caller.Dispose();
        }
    }

    [Fact]
    public async Task More_bodies_than_it_works_on_get_429_with_Retry_After_until_there_is_room()
    {
        await using var fleet = await Silo();
        var server = fleet.Server(Region);
        using var limit = new CancellationTokenSource(Fleet.Patience);
        var held = new List<RawHttp>();
        try
        {
            // Each announces a mebibyte and sends nothing of it; 64 of them are all that is worked on.
            string? refused = null;
            while (refused is null && held.Count < 1_000)
            {
                held.Add(await RawHttp.Open(server));
                await held[^1].Send(RawHttp.Head(server, "Content-Length: 1048576") + "{");
                using var asked = new HttpRequestMessage(HttpMethod.Post, new Uri(server, "api/v1/tasks")) { Content = new StringContent("{}", null, "application/json") };
                using var http = new HttpClient();
                var answer = await http.SendAsync(asked, limit.Token);
                if (answer.StatusCode != HttpStatusCode.TooManyRequests) continue;
                Assert.NotNull(answer.Headers.RetryAfter?.Delta);
                refused = await answer.Content.ReadAsStringAsync(limit.Token);
            }

            Assert.NotNull(refused);
            Assert.Contains("submits of", refused, StringComparison.Ordinal);
            Assert.Contains("Come again in a moment.", refused, StringComparison.Ordinal);
            Assert.Equal(Region, (await fleet.Client(Region).GetVersionAsync(limit.Token)).Region);
        }
        finally
        {
            foreach (var caller in held) caller.Dispose();
        }

        await fleet.Eventually("room for a submit", Region, async c => (await c.SubmitAsync(Good, new SubmitOptions($"{Region}/after"))).Tasks == 1);
    }

    [Theory]
    [InlineData("Content-Length: 99999999999")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task Endless_body_gets_413_before_it_ends(string length)
    {
        await using var fleet = await Silo();
        var server = fleet.Server(Region);
        using var limit = new CancellationTokenSource(Fleet.Patience);
        using var caller = await RawHttp.Open(server);
        Assert.True(await caller.Send(RawHttp.Head(server, length)));
        // A length is judged before anything is sent; without one, only what comes can tell.
        var chunk = $"10000\r\n{new string(' ', 0x10000)}\r\n";
        var sent = 0;
        while (length.StartsWith('T') && !caller.HasAnswer && await caller.Send(chunk)) Assert.True(++sent < 4_096, "256 MiB were taken.");
        var said = await caller.AnswerHead(limit.Token);
        Assert.Equal(413, RawHttp.StatusOf(said));
        Assert.Equal(Region, (await fleet.Client(Region).GetVersionAsync(limit.Token)).Region);
    }

    private static async Task<SiloFleet> Silo()
    {
        var fleet = new SiloFleet();
        fleet.StartSilo(Region);
        await fleet.Eventually("the silo to be ready", Region, async c => (await c.GetRegionAsync(Region)).State != RegionDetail.Unreachable);
        return fleet;
    }

    private static async Task IsRefusedByTheServer(HttpClient http, string name)
    {
        using var body = new ByteArrayContent(SpecCorpus.Bytes(name));
        body.Headers.ContentType = new("application/json");
        using var answer = await http.PostAsync(new Uri("api/v1/tasks", UriKind.Relative), body, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)answer.StatusCode is 400 or 422, $"{name}: {(int)answer.StatusCode} {text}");
        var problem = JsonSerializer.Deserialize(text, LeptonJson.Default.Problem)!;
        Assert.False(string.IsNullOrEmpty(problem.Hint), $"{name}: {text}");
        var places = problem.Errors is { IsDefaultOrEmpty: false } errors ? errors.Select(e => $"{e.Path} {e.Message} line {e.Line}") : [problem.Detail];
        Assert.True(places.All(p => Place().IsMatch(p ?? "")), $"{name}: {text}");
    }

    /// <summary>What the command line does wrong with a bad text; null: nothing.</summary>
    private static async Task<string?> Complaint(Uri server, string name, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("dotnet", [Programs.Cli, "submit", name, "--server", server.ToString()])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = SpecCorpus.Folder,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
        await process.WaitForExitAsync(cancel);
        var said = await error;
        return process.ExitCode != 2 ? $"{name}: exit code {process.ExitCode} {said}"
            : (await output).Length > 0 ? $"{name}: wrote to stdout"
            : !said.StartsWith("error: ", StringComparison.Ordinal) || said.Contains("   at ", StringComparison.Ordinal) ? $"{name}: {said}"
            : !said.Contains(name, StringComparison.Ordinal) && !Place().IsMatch(said) ? $"{name}: no place in {said}"
            : null;
    }

    /// <summary>A line, a field, or the text as a whole.</summary>
    [GeneratedRegex(@"line [1-9]|:\d+:\d+:|^[a-z]\w+[.\[ ]|[Tt]he (text|spec|body)", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
