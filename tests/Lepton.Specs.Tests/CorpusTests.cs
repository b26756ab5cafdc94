using System.Text;
using System.Text.RegularExpressions;
using Lepton.Tests.Shared;

namespace Lepton.Specs.Tests;

/// <summary>
/// Every kept bad text is refused with exactly the errors written down for it. A new one: put the file into <c>tests/corpus/specs</c>, run with
/// <c>LEPTON_DOCS=write</c>, and read what was written before it is committed.
/// </summary>
public sealed partial class CorpusTests
{
    [Fact]
    public void Every_bad_text_is_refused_with_the_errors_that_are_written_down()
    {
        var found = SpecCorpus.Names.ToDictionary(n => n, n => ErrorsOf(SpecCorpus.Bytes(n)), StringComparer.Ordinal);
        foreach (var (name, make) in LargeTexts.All) found.Add(name, ErrorsOf(Encoding.UTF8.GetBytes(make())));
        Assert.Empty(found.Where(f => f.Value is ["accepted"] or []).Select(f => f.Key));
        if (Environment.GetEnvironmentVariable("LEPTON_DOCS") == "write")
            File.WriteAllText(SpecCorpus.ExpectedFile, string.Concat(found.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"== {f.Key}\n{string.Concat(f.Value.Select(l => l + "\n"))}\n")));

        var expected = SpecCorpus.Expected();
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
        Assert.All(found, f => Assert.Equal(expected[f.Key], f.Value));
        DocSection.IsTrue("infra/docs/bad-days.md", "specs", Rows(found));
    }

    [Fact]
    public void No_message_carries_what_a_terminal_obeys()
    {
        foreach (var line in SpecCorpus.Expected().Values.SelectMany(l => l))
            Assert.DoesNotContain(line, c => char.IsControl(c) || TextChecks.IsHidden(c));
    }

    private static string[] ErrorsOf(byte[] bytes)
    {
        var result = SpecReader.Read(bytes, SpecFormat.Detect, Texts.Fleet);
        return result.Spec is not null ? ["accepted"] : [.. result.Errors.Select(e => KnownFields().Replace(e.ToString(), "Maybe one of apiVersion, ..."))];
    }

    /// <summary>The list of fields grows with what the server supports: it is not what these texts are about.</summary>
    [GeneratedRegex("Maybe one of apiVersion, [A-Za-z, ]+")]
    private static partial Regex KnownFields();

    private static IEnumerable<string> Rows(Dictionary<string, string[]> found)
    {
        yield return DocSection.Row("text", "what it says");
        yield return "|---|---|";
        foreach (var (name, lines) in found.OrderBy(f => f.Key, StringComparer.Ordinal))
            yield return DocSection.Row(name, DocSection.Code(lines[0]) + (lines.Length > 1 ? $" and {lines.Length - 1} more" : ""));
    }
}
