using System.Xml.Linq;

namespace Lepton.House.Tests;

/// <summary>Who may reference whom. The table is the rule; the project files are held against it.</summary>
public sealed class ProjectReferencesTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Lepton.Model"] = [],
        ["Lepton.Scheduling"] = ["Lepton.Model"],
        ["Lepton.Simulation"] = ["Lepton.Model", "Lepton.Scheduling"],
        ["Lepton.Specs"] = ["Lepton.Model"],
        ["Lepton.Contracts"] = ["Lepton.Model"],
        ["Lepton.Cuda"] = ["Lepton.Model"],
        ["Lepton.Cuda.Managed"] = ["Lepton.Cuda"],
        ["Lepton.Hosting"] = ["Lepton.Model", "Lepton.Contracts", "Lepton.Specs", "Lepton.Linux"],
        ["Lepton.Linux"] = [],
        ["Lepton.Client"] = ["Lepton.Model", "Lepton.Contracts", "Lepton.Specs"],
        ["Lepton.Agent"] = ["Lepton.Model", "Lepton.Contracts", "Lepton.Cuda", "Lepton.Linux", "Lepton.Scheduling"],
        ["Lepton.Api"] = ["Lepton.Client"],
        ["Lepton.Cli"] = ["Lepton.Client", "Lepton.Simulation", "Lepton.Linux", "Lepton.Cuda", "Lepton.Local"],
        ["Lepton.Sample"] = [],
        ["Lepton.Grains"] = ["Lepton.Model", "Lepton.Contracts", "Lepton.Scheduling"],
        ["Lepton.Regions"] = ["Lepton.Grains", "Lepton.Hosting", "Lepton.Api", "Lepton.Linux"],
        ["Lepton.Silo"] = ["Lepton.Regions"],
        ["Lepton.Local"] = ["Lepton.Regions", "Lepton.Agent", "Lepton.Sample"],
    };

    private static readonly string[] OrleansFree = ["Lepton.Scheduling", "Lepton.Simulation", "Lepton.Specs", "Lepton.Cuda", "Lepton.Cuda.Managed", "Lepton.Linux", "Lepton.Api", "Lepton.Cli", "Lepton.Sample"];

    public static TheoryData<string> Projects() => [.. Allowed.Keys];

    [Fact]
    public void Every_project_of_the_house_stands_in_the_table() =>
        Assert.Equal(Allowed.Keys.Order(), ProjectFiles().Select(Path.GetFileNameWithoutExtension).Order());

    [Theory]
    [MemberData(nameof(Projects))]
    public void References_only_what_the_table_allows(string project)
    {
        var references = Items(project, "ProjectReference").Select(p => Path.GetFileNameWithoutExtension(p.Replace('\\', '/')));
        Assert.Empty(references.Except(Allowed[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Names_Orleans_only_where_it_may(string project)
    {
        if (!OrleansFree.Contains(project)) return;
        Assert.DoesNotContain(Items(project, "PackageReference"), p => p.StartsWith("Microsoft.Orleans", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Pins_no_version_of_its_own(string project) =>
        Assert.All(
            XDocument.Load(File(project)).Descendants("PackageReference"),
            reference => Assert.Null(reference.Attribute("Version")));

    /// <summary>Its package is GPLv3 or commercial: whoever wants it asks for it, and nobody gets it unasked.</summary>
    [Fact]
    public void Has_the_adapter_over_ManagedCuda_only_on_request()
    {
        const string adapter = "Lepton.Cuda.Managed";
        var reference = XDocument.Load(File(adapter)).Descendants("PackageReference").Single(r => r.Attribute("Include")!.Value.StartsWith("ManagedCuda", StringComparison.Ordinal));
        Assert.Equal("'$(UseManagedCuda)' == 'true'", reference.Parent!.Attribute("Condition")?.Value);
        Assert.DoesNotContain($"{adapter}.csproj", System.IO.File.ReadAllText(Path.Combine(House.Root, "Lepton.Orleans.sln")), StringComparison.Ordinal);
        Assert.All(Allowed.Keys.Where(p => p != adapter), project => Assert.DoesNotContain(Items(project, "PackageReference"), p => p.StartsWith("ManagedCuda", StringComparison.Ordinal)));
        Assert.All(Allowed.Keys, project => Assert.DoesNotContain(Items(project, "ProjectReference"), p => p.Contains(adapter, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Items(string project, string kind) =>
        XDocument.Load(File(project)).Descendants(kind).Select(e => e.Attribute("Include")!.Value);

    private static string File(string project) => ProjectFiles().Single(f => Path.GetFileNameWithoutExtension(f) == project);

    private static IEnumerable<string> ProjectFiles() =>
        new[] { "src", "grains", "silos" }.SelectMany(top => Directory.EnumerateFiles(Path.Combine(House.Root, top), "*.csproj", SearchOption.AllDirectories));
}
