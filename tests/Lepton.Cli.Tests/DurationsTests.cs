namespace Lepton.Cli.Tests;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("30s", 30)]
    [InlineData("1.5s", 1.5)]
    [InlineData("5m", 300)]
    [InlineData("1h30m", 5400)]
    [InlineData("2d", 172800)]
    public void Reads_times_as_people_write_them(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out var time));
        Assert.Equal(TimeSpan.FromSeconds(seconds), time);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("0s")]
    [InlineData("5m5h")]
    [InlineData("-5s")]
    [InlineData("9999d")]
    public void Refuses_the_rest(string text) => Assert.False(Durations.TryParse(text, out _));
}
