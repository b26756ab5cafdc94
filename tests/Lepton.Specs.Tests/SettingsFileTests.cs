namespace Lepton.Specs.Tests;

public sealed class SettingsFileTests
{
    [Fact]
    public void Reads_values_and_refuses_what_nobody_asked_for_with_its_place()
    {
        var file = SettingsFile.Parse("name: a\nwhole: 7\ntime: 1h30m\nsize: 2GiB\nnmae: b\nmaps:\n  - {x: 1}\n  - {y: 2}\n", "f.yaml");
        var root = file.Root!;
        Assert.Equal(("a", 7, TimeSpan.FromMinutes(90), 2L << 30), (root.Text("name"), root.Whole("whole"), root.Time("time"), root.Size("size")));
        var maps = root.Maps("maps")!;
        Assert.Equal(1, maps[0].Whole("x"));
        Assert.Null(maps[1].Whole("x"));
        foreach (var map in maps.Append(root)) map.Done();
        Assert.Equal(["f.yaml:5:1: nmae: there is no such field. Maybe name.", "f.yaml:8:6: maps[1].y: there is no such field. Maybe x."], file.Errors);
    }

    [Fact]
    public void Json_may_have_comments_and_trailing_commas_which_specs_may_not()
    {
        const string text = "{ // why\n  \"a\": 1,\n}";
        Assert.Equal(1, SettingsFile.Parse(text, "f.json").Root!.Whole("a"));
        Assert.NotEmpty(SpecReader.Read(text, SpecFormat.Json, SpecContext.None).Errors);
    }

    [Fact]
    public void Places_a_later_finding_at_its_field_or_at_the_nearest_one_around_it()
    {
        var file = SettingsFile.Parse("a:\n  b: 1\n", "f.yaml");
        file.Add("a.b", "a.b is wrong.");
        file.Add("a.c[0].d", "a.c[0].d is wrong too.", "Maybe not.");
        Assert.Equal(["f.yaml:2:3: a.c[0].d is wrong too. Maybe not.", "f.yaml:2:6: a.b is wrong."], file.Errors);
        Assert.True(file.IsWrong("a.b"));
        Assert.True(file.IsWrong("a"));
        Assert.False(file.IsWrong("b"));
    }

    [Fact]
    public void Is_safe_on_text_that_is_neither()
    {
        foreach (var text in new[] { "", " ", "\0", "{", "[", "- a", "a: *b", "a: !!x 1", "a: 1\na: 2", new string('[', 10_000) })
        {
            Assert.NotEmpty(SettingsFile.Parse(text, "f").Errors);
        }
    }
}
