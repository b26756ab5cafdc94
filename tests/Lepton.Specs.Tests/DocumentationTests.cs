using System.Text.RegularExpressions;

namespace Lepton.Specs.Tests;

/// <summary>The page about job specs tells the truth: its examples are accepted, its table holds every field.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Page = ReadPage();

    [Fact]
    public void Every_yaml_and_json_example_is_accepted()
    {
        var blocks = Blocks("yaml").Concat(Blocks("json")).ToList();
        Assert.True(blocks.Count >= 6);
        foreach (var block in blocks) Texts.Accepted(block);
    }

    [Fact]
    public void Every_supported_field_is_on_the_page()
    {
        foreach (var place in Enum.GetValues<SpecPlace>())
        {
            foreach (var path in Capabilities.Server.PathsAt(place)) Assert.Contains($"`{path}`", Page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_error_on_the_page_is_a_real_one()
    {
        var text = "apiVersion: lepton.dev/v1\nkind: Task\nname: a\ntimeLimit: 6 hours\nrun:\n  command: [a]\nresources:\n  cpus: 1\n  acceleraters: H100:8\n\n\nredundancy: {copies: 2}\n";
        Assert.Equal(Blocks("text")[0].Trim().Split('\n').Order(), Texts.Refused(text).Order());
    }

    [Fact]
    public void Every_change_on_the_page_can_be_made()
    {
        var job = Blocks("yaml").Single(b => b.Contains("duration-model", StringComparison.Ordinal));
        var changes = Blocks("text")[1].Trim().Split('\n').Select(l => l["--set ".Length..].Trim('\''));
        var result = SpecReader.Read(job, SpecFormat.Yaml, new SpecContext { Overrides = [.. changes.Where(c => !c.Contains("regions", StringComparison.Ordinal))] });
        Assert.Empty(result.Errors);
        Assert.Equal("nlp", result.Spec!.Labels["example.com/team"]);
    }

    internal static IReadOnlyList<string> Blocks(string language) =>
        [.. BlockRegex().Matches(Page).Where(m => m.Groups[1].Value == language).Select(m => m.Groups[2].Value)];

    private static string ReadPage()
    {
        using var stream = typeof(DocumentationTests).Assembly.GetManifestResourceStream("job-spec.md")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    [GeneratedRegex("^```([a-z]+)\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex BlockRegex();
}
