using System.Text;
using Lepton.Client.Wire;

namespace Lepton.Client.Tests.Logs;

public sealed class LogFollowTests
{
    private static async Task<string> All(FakeLogs logs, LogRead? start = null)
    {
        var text = new StringBuilder();
        await foreach (var page in logs.Follow("us-east.01A/0", start ?? new LogRead(), new ImpatientTime())) text.Append(Encoding.UTF8.GetString(page.Bytes.Span));
        return text.ToString();
    }

    [Fact]
    public async Task Reads_what_comes_until_the_task_is_over()
    {
        var logs = new FakeLogs()
            .Then(new("Pending", 0, false, ""))
            .Then(new("Running", 1, false, ""))
            .Then(new("Running", 1, false, "one\n"))
            .Then(new("Running", 1, false, "one\n"))
            .Then(new("Succeeded", 1, false, "one\ntwo\n"))
            .Then(new("Succeeded", 1, true, "one\ntwo\nlast\n"));
        Assert.Equal("one\ntwo\nlast\n", await All(logs));
    }

    [Fact]
    public async Task Goes_on_with_the_next_attempt()
    {
        var logs = new FakeLogs()
            .Then(new("Running", 1, false, "a"))
            .Then(new("Pending", 1, true, "ab"))
            .Then(new("Running", 2, false, "", "ab"))
            .Then(new("Succeeded", 2, true, "c", "ab"));
        Assert.Equal("abc", await All(logs));
    }

    [Fact]
    public async Task Ends_with_the_attempt_that_was_named()
    {
        var logs = new FakeLogs().Then(new("Running", 2, false, "second", "first"));
        Assert.Equal("first", await All(logs, new LogRead(1)));
    }

    [Fact]
    public async Task Ends_when_a_task_is_over_that_never_ran()
    {
        Assert.Equal("", await All(new FakeLogs().Then(new("Pending", 0, false, "")).Then(new("Cancelled", 0, false, ""))));
    }

    [Fact]
    public async Task Reads_a_long_log_page_by_page()
    {
        var text = new string('x', 1000);
        var logs = new FakeLogs().Then(new("Succeeded", 1, true, text));
        Assert.Equal(text, await All(logs, new LogRead(Limit: 300)));
        Assert.Equal([0L, 300, 600, 900], logs.Reads.Select(r => r.Offset).Take(4));
    }

    [Fact]
    public async Task Skips_what_was_rotated_away()
    {
        Assert.Equal("cd", await All(new FakeLogs().Then(new("Succeeded", 1, true, "abcd", First: 2))));
    }

    [Theory]
    [InlineData(ProblemCodes.RegionUnreachable)]
    [InlineData(ProblemCodes.ServerUnreachable)]
    [InlineData(ProblemCodes.Busy)]
    public async Task Outlives_a_server_that_is_away_for_a_while(string code)
    {
        var logs = new FakeLogs()
            .Then(new("Running", 1, false, "a"))
            .Then(new("", 0, false, "", Failure: code))
            .Then(new("", 0, false, "", Failure: code))
            .Then(new("Succeeded", 1, true, "ab"));
        Assert.Equal("ab", await All(logs));
    }

    [Theory]
    [InlineData(ProblemCodes.NotFound)]
    [InlineData(ProblemCodes.RegionUnreachable)]
    public async Task Gives_up_on_a_task_that_is_gone_and_on_a_server_that_stays_away(string code)
    {
        var logs = new FakeLogs().Then(new("", 0, false, "", Failure: code));
        var failed = await Assert.ThrowsAsync<LeptonException>(() => All(logs));
        Assert.Equal(code, failed.Code);
        Assert.Equal(code == ProblemCodes.NotFound, logs.Reads.Count == 1);
    }
}
