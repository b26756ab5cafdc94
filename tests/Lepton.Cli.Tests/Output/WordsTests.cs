using Lepton.Cli.Output;

namespace Lepton.Cli.Tests.Output;

public sealed class WordsTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(-5, "0s")]
    [InlineData(42.9, "42s")]
    [InlineData(60, "1m")]
    [InlineData(90, "1m30s")]
    [InlineData(1080, "18m")]
    [InlineData(11520, "3h12m")]
    [InlineData(187200, "2d4h")]
    public void Says_times_by_their_two_largest_parts(double seconds, string expected) => Assert.Equal(expected, Words.Span(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(1L << 40, "1 TiB")]
    public void Says_sizes_in_powers_of_1024(long bytes, string expected) => Assert.Equal(expected, Words.Bytes(bytes));

    [Theory]
    [InlineData(1, 3, "33%")]
    [InlineData(0, 3, "0%")]
    [InlineData(1, 0, "-")]
    [InlineData(null, 3, "-")]
    public void Says_shares_where_there_is_a_whole(int? part, int? whole, string expected) => Assert.Equal(expected, Words.Share(part, whole));
}
