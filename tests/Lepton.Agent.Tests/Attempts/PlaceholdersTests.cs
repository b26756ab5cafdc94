using Lepton.Agent.Attempts;

namespace Lepton.Agent.Tests.Attempts;

public sealed class PlaceholdersTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("--in=${input}", "--in=/data/x y")]
    [InlineData("${index}/${index}", "7/7")]
    [InlineData("$${index}", "${index}")]
    [InlineData("$$${index}", "$${index}")]
    [InlineData("a$b $ {x}", "a$b $ {x}")]
    [InlineData("${input}$${input}${index}", "/data/x y${input}7")]
    public void Fills_in_what_is_known(string text, string expected) => Assert.Equal(expected, Placeholders.Expand(text, Value));

    [Fact]
    public void An_unknown_name_is_named() =>
        Assert.Contains("'${grid.rate}'", Assert.Throws<PreparationException>(() => Placeholders.Expand("a ${grid.rate}", Value)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_brace_left_open_is_refused() => Assert.Throws<PreparationException>(() => Placeholders.Expand("a ${input", Value));

    private static string? Value(string name) => name switch { "input" => "/data/x y", "index" => "7", _ => null };
}
