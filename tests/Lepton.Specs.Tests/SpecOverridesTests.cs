namespace Lepton.Specs.Tests;

/// <summary>Changes in the form of <c>--set</c>.</summary>
public sealed class SpecOverridesTests
{
    private static readonly string Job = DocumentationTests.Blocks("yaml").Single(b => b.Contains("duration-model", StringComparison.Ordinal));

    [Fact]
    public void Fields_are_set_added_and_made()
    {
        var document = Texts.Document(Job, With(
            "resources.cpus=2", "placement.regions+=us-east", "placement.regions+=[eu-west, ap-south]", "tasks.train.grid.trees=[1,2,3]", "tasks[1].timeLimit=1h", "tasks.1.outputs+=log.txt",
            "labels.\"example.com/team\"=nlp", "retry={max: 1}", "name=other", "tasks.train.run.command+=--fast", "tasks.train.run.env.EMPTY="));
        Assert.Equal(2_000, document.Resources!.MilliCpu);
        Assert.Equal(["us-east", "eu-west", "ap-south"], document.Placement!.Regions);
        Assert.Equal(["1", "2", "3"], document.Tasks![0].Grid![0].Value);
        Assert.Equal(TimeSpan.FromHours(1), document.Tasks[1].TimeLimit);
        Assert.Equal(["best.zip", "log.txt"], document.Tasks[1].Outputs);
        Assert.Equal([new Named<string>("example.com/team", "nlp")], document.Labels);
        Assert.Equal((1, "other"), (document.Retry!.Max, document.Name));
        Assert.Equal("--fast", document.Tasks[0].Run!.Command![^1]);
        Assert.Equal([new Named<string>("EMPTY", "")], document.Tasks[0].Run!.Env);
    }

    [Theory]
    [InlineData("resources.cpus=two", "resources.cpus: \"two\" is not a number of cores. Maybe 0.5. in --set resources.cpus=two")]
    [InlineData("resources.cpuss=2", "cpuss: did you mean cpus? in --set resources.cpuss=2")]
    [InlineData("redundancy.copies=2", "redundancy is not supported by this server. in --set redundancy.copies=2")]
    [InlineData("name+=x", "name is \"duration-model\", not a list. Maybe name=value, without the plus. in --set name+=x")]
    [InlineData("name.x=1", "name is \"duration-model\" and has no fields. in --set name.x=1")]
    [InlineData("tasks.trian.timeLimit=1h", "tasks has no entry \"trian\". Maybe train. in --set tasks.trian.timeLimit=1h")]
    [InlineData("tasks[7].timeLimit=1h", "tasks has no entry \"7\". in --set tasks[7].timeLimit=1h")]
    [InlineData("resources.cpus", "This is no change of a field. Maybe name=value or list+=value. in --set resources.cpus")]
    [InlineData("=2", "This is no change of a field. Maybe name=value or list+=value. in --set =2")]
    [InlineData("a..b=2", "\"a..b\" is not a path. Maybe resources.cpus or tasks.train.timeLimit. in --set a..b=2")]
    [InlineData("a.=2", "\"a.\" is not a path. Maybe resources.cpus or tasks.train.timeLimit. in --set a.=2")]
    [InlineData("labels.a=*x", "Alias *x: aliases are not allowed. Maybe write the value out. in --set labels.a=*x")]
    public void A_bad_change_is_refused_with_its_text(string change, string expected)
    {
        var result = SpecReader.Read(Job, SpecFormat.Yaml, With(change));
        Assert.Null(result.Spec);
        Assert.Equal([expected], result.Errors.Select(e => e.ToString()));
    }

    [Fact]
    public void A_tree_can_be_changed_before_it_is_read()
    {
        var tree = SpecText.Parse(Job, SpecFormat.Yaml, out var errors);
        Assert.Empty(errors);
        var changed = SpecOverrides.Apply(tree!, ["priority=7"], out errors);
        Assert.Empty(errors);
        Assert.Equal(7, SpecReader.Read(changed!, SpecContext.None).Spec!.Priority);
        Assert.Equal(50, SpecReader.Read(tree!, SpecContext.None).Spec!.Priority);
        Assert.Null(SpecOverrides.Apply(tree!, ["priority"], out errors));
        Assert.Single(errors);
    }

    [Fact]
    public void Malformed_values_are_refused()
    {
        var result = SpecReader.Read(Job, SpecFormat.Yaml, With("labels.a=[1, 2"));
        Assert.StartsWith("Not valid YAML", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
        Assert.EndsWith("in --set labels.a=[1, 2", result.Errors[0].ToString(), StringComparison.Ordinal);
    }

    private static SpecContext With(params string[] changes) => new() { Overrides = [.. changes] };
}
