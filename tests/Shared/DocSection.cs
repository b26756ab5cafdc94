using Xunit;

namespace Lepton.Tests.Shared;

/// <summary>
/// A part of a page that a test writes: held against what is really printed, and rewritten with <c>LEPTON_DOCS=write</c>. It stands between
/// <c>&lt;!-- begin NAME --&gt;</c> and <c>&lt;!-- end NAME --&gt;</c>.
/// </summary>
internal static class DocSection
{
    public static void IsTrue(string page, string name, IEnumerable<string> lines)
    {
        var path = RepositoryRoot.PathOf(page);
        var text = File.ReadAllText(path).ReplaceLineEndings("\n");
        var (begin, end) = ($"<!-- begin {name} -->\n", $"<!-- end {name} -->\n");
        var from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var to = text.IndexOf(end, StringComparison.Ordinal);
        Assert.True(from > begin.Length - 1 && to >= from, $"{page} has no section {name}.");
        var real = string.Concat(lines.Select(l => l + "\n"));
        if (Environment.GetEnvironmentVariable("LEPTON_DOCS") == "write") File.WriteAllText(path, text[..from] + real + text[to..]);
        else Assert.Equal(real, text[from..to]);
    }

    /// <summary>One row of a table; what was printed stands as code.</summary>
    public static string Row(params string[] cells) => $"| {string.Join(" | ", cells)} |";

    public static string Code(string text)
    {
        var shown = text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
        return shown.Contains('`', StringComparison.Ordinal) ? $"`` {shown} ``" : $"`{shown}`";
    }
}
