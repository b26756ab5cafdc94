using System.Text.RegularExpressions;

namespace Lepton.House.Tests;

/// <summary>Rules about the text of the repository that no compiler checks.</summary>
public sealed partial class SourceRulesTests
{
    [Fact]
    public void Names_no_package_source()
    {
        var config = File.ReadAllText(Path.Combine(House.Root, "NuGet.config"));
        Assert.DoesNotContain("packageSources", config, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_no_stub_behind()
    {
        var stubs = from file in House.Sources(".cs").Where(f => !f.Contains("House.Tests", StringComparison.Ordinal))
                    from match in Stub().Matches(File.ReadAllText(file))
                    select $"{file}: {match.Value}";
        Assert.Empty(stubs);
    }

    /// <summary>In a reproducible build the compiler writes <c>/_/</c> for the folder of the sources: a test that opens it passes at home and fails in CI.</summary>
    [Fact]
    public void Asks_no_compiler_where_the_sources_lie() =>
        Assert.DoesNotContain(
            House.Sources(".cs").Where(f => !f.Contains("House.Tests", StringComparison.Ordinal)),
            f => File.ReadAllText(f).Contains("CallerFilePath", StringComparison.Ordinal));

    [Fact]
    public void Has_no_file_without_a_namespace_or_top_level_program()
    {
        var bare = House.Sources(".cs")
            .Where(f => Path.GetFileName(f) is not ("Program.cs" or "AssemblyInfo.cs" or "GlobalUsings.cs"))
            .Where(f => !FileScoped().IsMatch(File.ReadAllText(f)));
        Assert.Empty(bare);
    }

    [Fact]
    public void Gives_every_message_and_row_an_alias_of_its_own()
    {
        var aliases = typeof(Lepton.Model.Message).Assembly.GetTypes()
            .SelectMany(t => t.GetCustomAttributesData()
                .Where(a => a.AttributeType.Name == "AliasAttribute" && !t.Name.Contains("Codec_", StringComparison.Ordinal))
                .Select(a => (string)a.ConstructorArguments[0].Value!))
            .ToList();
        Assert.NotEmpty(aliases);
        Assert.Equal(aliases.Count, aliases.Distinct().Count());
    }

    [GeneratedRegex("NotImplementedException|TODO|FIXME")]
    private static partial Regex Stub();

    [GeneratedRegex(@"^namespace [A-Za-z.]+;", RegexOptions.Multiline)]
    private static partial Regex FileScoped();
}
