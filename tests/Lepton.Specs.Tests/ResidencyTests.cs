using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Specs.Tests;

/// <summary><c>placement.residency</c>: names, labels and patterns become regions, once.</summary>
public sealed class ResidencyTests
{
    private static readonly SpecContext Fleet = SpecContext.None with
    {
        KnownRegions = [new("us-east"), new("eu-west"), new("eu-north"), new("ch")],
        ResidencyLabels = ImmutableDictionary<RegionId, ImmutableArray<string>>.Empty.Add(new("ch"), ["gdpr", "europe"]).Add(new("eu-west"), ["gdpr"]),
    };

    private static SpecResult Read(string placement, SpecContext? context = null, string rest = "run: {command: [x]}") =>
        SpecReader.Read($"apiVersion: lepton.dev/v1\nkind: Task\nname: a\n{rest}\nplacement: {placement}\n", SpecFormat.Yaml, context ?? Fleet);

    [Theory]
    [InlineData("[eu-west]", "eu-west")]
    [InlineData("[eu-*]", "eu-north,eu-west")]
    [InlineData("[gdpr]", "ch,eu-west")]
    [InlineData("[europe, eu-north]", "ch,eu-north")]
    [InlineData("['*']", "ch,eu-north,eu-west,us-east")]
    [InlineData("['*-e*']", "us-east")]
    public void Stands_for_the_regions_that_it_names(string asked, string regions)
    {
        var spec = Read($"{{residency: {asked}}}").Spec!;
        Assert.Equal(regions, string.Join(',', spec.Residency!.Regions));
        Assert.All(spec.Groups, g => Assert.Same(spec.Residency, g.Template.Residency));
        Assert.Equal(spec.Residency, Read("{residency: " + asked + "}").Spec!.Residency);
        Assert.Equal(spec.Source, SpecReader.Read(spec.Source, SpecFormat.Yaml, Fleet).Spec!.Source);
    }

    [Fact]
    public void Nothing_asked_is_anywhere_and_nothing_known_is_nowhere()
    {
        Assert.Null(Read("{residency: []}").Spec!.Residency);
        Assert.Null(Read("{avoid: [eu-west]}").Spec!.Residency);
        Assert.Empty(Read("{residency: [eu-west]}", SpecContext.None).Spec!.Residency!.Regions);
        Assert.False(Read("{residency: ['*']}", SpecContext.None).Spec!.Residency!.Allows(new RegionId("eu-west")));
    }

    [Theory]
    [InlineData("{residency: [eu-west, mars]}", "placement.residency[1]: no region of the fleet is named or labelled \"mars\". Maybe one of ch, eu-north, eu-west, europe, gdpr, us-east. line 5:34")]
    [InlineData("{residency: [gdpr], regions: [us-east]}", "placement: task a may run in us-east, and its data may be in ch, eu-west only (residency gdpr). Maybe widen placement.regions or placement.residency. line 5:12")]
    public void What_could_never_be_met_is_refused(string placement, string error) => Assert.Equal(error, Assert.Single(Read(placement).Errors).ToString());

    [Fact]
    public void Holds_for_a_job_as_a_whole()
    {
        SpecResult Job(string top, string task) => SpecReader.Read(
            $"apiVersion: lepton.dev/v1\nkind: Job\nname: a\n{top}tasks:\n- {{name: x, run: {{command: [x]}}{task}}}\n- {{name: y, run: {{command: [y]}}, placement: {{avoid: [ch]}}}}\n", SpecFormat.Yaml, Fleet);

        Assert.All(Job("placement: {residency: [gdpr]}\n", "").Spec!.Groups, g => Assert.True(g.Template.Residency!.Allows(new RegionId("ch"))));
        Assert.Contains("Maybe put it at the top level", Assert.Single(Job("", ", placement: {residency: [gdpr]}").Errors).ToString(), StringComparison.Ordinal);
    }
}
