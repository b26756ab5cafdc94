using Lepton.Cli.Output;

namespace Lepton.Cli.Tests.Output;

/// <summary>Text of others steers no terminal.</summary>
public sealed class HarmlessTests
{
    [Theory]
    [InlineData("plain, ä, 列, \ud83d\ude00", "plain, ä, 列, \ud83d\ude00")]
    [InlineData("two\nlines\tand a tab", "two\nlines\tand a tab")]
    [InlineData("\u001b[2Jgone\u0007", "\\u001b[2Jgone\\u0007")]
    [InlineData("txt.\u202eexe", "txt.\\u202eexe")]
    [InlineData("\u009b31m", "\\u009b31m")]
    public void Shows_by_its_code_what_a_terminal_would_obey(string text, string shown) => Assert.Equal(shown, Harmless.Text(text));
}
