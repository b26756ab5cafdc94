using System.Text;
using Lepton.Client;
using Lepton.Client.Wire;
using Lepton.Fakes;

namespace Lepton.Api.Tests.Endpoints;

public sealed class LogTests
{
    private const string Id = "us-east.01AAA/0";

    private static async Task<ApiServer> With(string text, string state = "Succeeded", int attempt = 1, bool complete = true)
    {
        var server = await ApiServer.Start();
        server.Lepton.Tasks.Add(FakeLepton.ATask(Id, state, attempt));
        server.Lepton.Log(Id, attempt, text, complete);
        return server;
    }

    [Fact]
    public async Task Gives_the_whole_log_as_plain_text()
    {
        var text = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"line {i}\n"));
        await using var server = await With(text);
        var (response, body) = await server.Get($"/api/v1/tasks/{Id}/logs");
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.True(text.Length > LogRead.DefaultLimit);
        Assert.Equal(text, body);
    }

    [Fact]
    public async Task Gives_one_page_and_says_where_it_stands()
    {
        await using var server = await With("0123456789");
        var page = await server.Client.ReadLogAsync(Id, new LogRead(1, 2, 3));
        Assert.Equal("234", Encoding.UTF8.GetString(page.Bytes.Span));
        Assert.Equal((2L, 10L, 1, 1, true), (page.Offset, page.Length, page.Attempt, page.NewestAttempt, page.Complete));
        Assert.Equal((Id, "Succeeded"), (page.Task, page.TaskState));
    }

    [Theory]
    [InlineData(1, "c\n")]
    [InlineData(2, "b\nc\n")]
    [InlineData(9, "a\nb\nc\n")]
    [InlineData(0, "")]
    public async Task Gives_the_last_lines(int lines, string expected)
    {
        await using var server = await With("a\nb\nc\n");
        Assert.Equal(expected, (await server.Get($"/api/v1/tasks/{Id}/logs?tail={lines}")).Body);
    }

    [Fact]
    public async Task Follows_until_the_task_is_over_across_attempts()
    {
        await using var server = await With("first\n", "Running", complete: false);
        var reads = 0;
        server.Lepton.BeforeLogRead = () =>
        {
            if (++reads == 2) server.Lepton.Log(Id, 1, "first\nmore\n", true);
            if (reads == 4)
            {
                server.Lepton.Tasks[0] = FakeLepton.ATask(Id, "Running", 2);
                server.Lepton.Log(Id, 2, "second\n", false);
            }

            if (reads == 7)
            {
                server.Lepton.Tasks[0] = FakeLepton.ATask(Id, "Succeeded", 2);
                server.Lepton.Log(Id, 2, "second\nend\n", true);
            }
        };
        var (_, body) = await server.Get($"/api/v1/tasks/{Id}/logs?follow=true");
        Assert.Equal("first\nmore\nsecond\nend\n", body);
    }

    [Fact]
    public async Task Follows_one_attempt_to_its_end_only()
    {
        await using var server = await With("first\n", "Running", complete: true);
        server.Lepton.Tasks[0] = FakeLepton.ATask(Id, "Running", 2);
        Assert.Equal("first\n", (await server.Get($"/api/v1/tasks/{Id}/logs?follow=true&attempt=1")).Body);
    }

    [Fact]
    public async Task Is_empty_while_there_is_no_attempt()
    {
        await using var server = await With("", "Pending", 0, false);
        var (response, body) = await server.Get($"/api/v1/tasks/{Id}/logs");
        Assert.Equal((200, ""), ((int)response.StatusCode, body));
        Assert.Equal("0", response.Headers.GetValues("Lepton-Log-Attempt").Single());
    }

    [Theory]
    [InlineData("attempt=0")]
    [InlineData("offset=-1")]
    [InlineData("tail=-1")]
    [InlineData("limit=0")]
    [InlineData("limit=1048577")]
    [InlineData("tail=1&offset=1")]
    [InlineData("follow=true&limit=5")]
    [InlineData("follow=perhaps")]
    [InlineData("since=10m")]
    public async Task Refuses_a_read_that_makes_no_sense(string query)
    {
        await using var server = await With("x");
        await server.Refused(HttpMethod.Get, $"/api/v1/tasks/{Id}/logs?{query}", 400, ProblemCodes.BadParameter);
    }
}
