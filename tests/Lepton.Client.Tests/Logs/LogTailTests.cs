using System.Text;

namespace Lepton.Client.Tests.Logs;

public sealed class LogTailTests
{
    private static async Task<string> Tail(string text, int lines, long first = 0)
    {
        var logs = new FakeLogs().Then(new("Succeeded", 1, true, text, First: first));
        var read = await logs.LastLines("t", new LogRead(), lines);
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text).AsSpan((int)read.Offset));
    }

    [Theory]
    [InlineData("a\nb\nc\n", 0, "")]
    [InlineData("a\nb\nc\n", 1, "c\n")]
    [InlineData("a\nb\nc", 1, "c")]
    [InlineData("a\nb\nc", 2, "b\nc")]
    [InlineData("a\nb\nc\n", 3, "a\nb\nc\n")]
    [InlineData("a\nb\nc\n", 9, "a\nb\nc\n")]
    [InlineData("a\n\n\n", 2, "\n\n")]
    [InlineData("\n", 1, "\n")]
    [InlineData("", 3, "")]
    public async Task Begins_at_the_last_lines(string text, int lines, string expected) => Assert.Equal(expected, await Tail(text, lines));

    [Fact]
    public async Task Finds_lines_far_from_the_end()
    {
        var text = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"line {i}\n"));
        Assert.StartsWith("line 20000\n", await Tail(text, 30_000), StringComparison.Ordinal);
        Assert.Equal(text, await Tail(text, 50_000));
    }

    [Fact]
    public async Task Begins_at_the_first_byte_that_is_kept() => Assert.Equal("b\nc\n", await Tail("a\nb\nc\n", 9, 2));

    [Fact]
    public async Task Begins_at_the_start_where_there_is_no_attempt_yet()
    {
        var read = await new FakeLogs().Then(new("Pending", 0, false, "")).LastLines("t", new LogRead(), 5);
        Assert.Equal(new LogRead(), read);
    }
}
