using CsCheck;

namespace Lepton.Specs.Tests;

/// <summary>Numbers with units: what is read, what is not, and that writing and reading come back to the same value.</summary>
public sealed class UnitTests
{
    [Theory]
    [InlineData("30s", 30_000)]
    [InlineData("3h40m", 13_200_000)]
    [InlineData("10m", 600_000)]
    [InlineData("250ms", 250)]
    [InlineData("2d1ms", 172_800_001)]
    [InlineData("0s", 0)]
    [InlineData("999999999s", 999_999_999_000)]
    public void Durations_are_read(string text, long milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out var value));
        Assert.Equal(milliseconds, (long)value.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("m")]
    [InlineData("10 m")]
    [InlineData("10M")]
    [InlineData("1.5h")]
    [InlineData("-1s")]
    [InlineData("1s1s")]
    [InlineData("1s1m")]
    [InlineData("1w")]
    [InlineData("999999999999d")]
    [InlineData("9999999999s")]
    [InlineData("999999999d999999999h")]
    [InlineData("٣s")]
    public void Other_durations_are_not(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData("6 hours", "6h")]
    [InlineData("90 min", "1h30m")]
    [InlineData("1 day and 2 hours", "1d2h")]
    [InlineData("15", "15s")]
    [InlineData("soon", null)]
    public void What_was_meant_is_guessed(string text, string? expected) => Assert.Equal(expected, DurationText.Guess(text));

    [Theory]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("400Gi+", 400L << 30)]
    [InlineData("40gib", 40L << 30)]
    [InlineData("0.5KiB", 512)]
    [InlineData("1.5TiB", 3L << 39)]
    [InlineData("7B", 7)]
    [InlineData("1PiB", 1L << 50)]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.True(SizeText.TryParse(text, out var value));
        Assert.Equal(bytes, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GiB")]
    [InlineData("10")]
    [InlineData("10GB")]
    [InlineData("10G")]
    [InlineData("10 GiB")]
    [InlineData("1e3MiB")]
    [InlineData("-1GiB")]
    [InlineData("1.GiB")]
    [InlineData(".5GiB")]
    [InlineData("1.2.3GiB")]
    [InlineData("0.3B")]
    [InlineData("1GiB++")]
    [InlineData("99999999PiB")]
    public void Other_sizes_are_not(string text) => Assert.False(SizeText.TryParse(text, out _));

    [Theory]
    [InlineData("0.5", 500)]
    [InlineData("32", 32_000)]
    [InlineData("32+", 32_000)]
    [InlineData("500m", 500)]
    [InlineData("0.001", 1)]
    public void Cores_are_read(string text, long milli)
    {
        Assert.True(CpuText.TryParse(text, out var value));
        Assert.Equal(milli, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("+")]
    [InlineData("0.0005")]
    [InlineData("0.5m")]
    [InlineData("1e3")]
    [InlineData("-1")]
    [InlineData("1,5")]
    [InlineData("99999999999999999999")]
    public void Other_cores_are_not(string text) => Assert.False(CpuText.TryParse(text, out _));

    [Theory]
    [InlineData("2026-11-24T08:00Z")]
    [InlineData("2026-11-24T08:00:00.000Z")]
    [InlineData("2026-11-24T09:00:00+01:00")]
    [InlineData("2026-11-23T22:30:00-09:30")]
    public void Points_in_time_are_read(string text)
    {
        Assert.True(TimestampText.TryParse(text, out var value));
        Assert.Equal("2026-11-24T08:00:00Z", TimestampText.Format(value));
    }

    [Theory]
    [InlineData("2026-11-24")]
    [InlineData("2026-11-24T08:00:00")]
    [InlineData("2026-13-24T08:00:00Z")]
    [InlineData("24.11.2026 08:00 Z")]
    [InlineData("Z")]
    public void Other_points_in_time_are_not(string text) => Assert.False(TimestampText.TryParse(text, out _));

    [Fact]
    public void What_is_written_is_read_as_the_same_value()
    {
        Gen.Long[0, 1L << 60].Sample(bytes => SizeText.TryParse(SizeText.Format(bytes), out var again) && again == bytes, iter: 2_000);
        Gen.Long[1, SpecLimits.MilliCpu].Sample(milli => CpuText.TryParse(CpuText.Format(milli), out var again) && again == milli, iter: 2_000);
        Gen.Long[0, 365L * 86_400_000].Sample(
            ms => DurationText.TryParse(DurationText.Format(TimeSpan.FromMilliseconds(ms)), out var again) && again == TimeSpan.FromMilliseconds(ms), iter: 2_000);
        Gen.Long[0, TimeSpan.TicksPerDay * 36_500].Sample(
            ticks =>
            {
                var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(ticks);
                return TimestampText.TryParse(TimestampText.Format(at), out var again) && again == at;
            },
            iter: 2_000);
    }

    [Theory]
    [InlineData("acceleraters", "accelerators")]
    [InlineData("timelimit", "timeLimit")]
    [InlineData("lables", "labels")]
    [InlineData("xyz", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_found(string asked, string? expected) =>
        Assert.Equal(expected, Nearest.Of(asked, ["labels", "accelerators", "timeLimit"], new ErrorList()));

    [Fact]
    public void Edit_distance_is_a_distance()
    {
        var word = Gen.String[Gen.Char['a', 'e'], 0, 7];
        Gen.Select(word, word).Sample(
            (a, b) => Nearest.Distance(a, b) == Nearest.Distance(b, a)
                && Nearest.Distance(a, b) >= Math.Abs(a.Length - b.Length)
                && Nearest.Distance(a, b) <= Math.Max(a.Length, b.Length)
                && (Nearest.Distance(a, b) == 0) == (a == b),
            iter: 3_000);
        Assert.Equal(1, Nearest.Distance("abcd", "abdc"));
        Gen.Select(word, word, Gen.Int[0, 7]).Sample((a, b, most) => (Nearest.Distance(a, b, most) <= most) == (Nearest.Distance(a, b) <= most), iter: 3_000);
    }
}
