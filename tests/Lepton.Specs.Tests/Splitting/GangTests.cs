namespace Lepton.Specs.Tests;

/// <summary>Gangs: equal members, counted once, never split further.</summary>
public sealed class GangTests
{
    [Fact]
    public void A_gang_is_one_group_of_its_size()
    {
        var spec = Texts.Accepted("apiVersion: lepton.dev/v1\nkind: Gang\nname: t\ngang: {size: 4, sameRegion: true}\nrun: {handler: noop}");

        var group = Assert.Single(spec.Groups);
        Assert.Equal((4, 4), (group.Count, group.Template.GangSize));
    }

    [Theory]
    [InlineData("split: {by: count, count: 2}", "split", 12)]
    [InlineData("grid: {a: [1, 2]}", "grid", 11)]
    public void A_gang_inside_a_job_is_not_split(string field, string name, int column)
    {
        var text = $"apiVersion: lepton.dev/v1\nkind: Job\nname: t\ntasks:\n  - name: a\n    gang: {{size: 2}}\n    {field}\n    run: {{handler: noop}}";

        Texts.RefusedWith(text, $"tasks[0].{name}: a gang is so many equal members; it is not split further. Maybe let the members divide the work by LEPTON_GANG_RANK. line 7:{column}");
    }

    [Fact]
    public void Members_in_several_regions_are_refused_by_name() => Texts.RefusedWith(
        "apiVersion: lepton.dev/v1\nkind: Gang\nname: t\ngang: {size: 4, sameRegion: false}\nrun: {handler: noop}",
        "gang.sameRegion: false is not supported by this server: all members run in one region. Maybe remove it. line 4:29");
}
