using System.Collections.Immutable;

namespace Lepton.Model.Tests;

/// <summary>Which input and which grid row an index takes.</summary>
public sealed class TaskGroupTests
{
    private static readonly TaskTemplate Template = new() { Group = "train", Command = ["x"], Demand = new Demand(new Capacity(1, 1)) };

    [Fact]
    public void Takes_every_combination_of_input_and_grid_row_once_inputs_side_by_side()
    {
        ImmutableArray<InputRef> inputs = [new("file:///a", null, 0), new("file:///b", null, 0), new("file:///c", null, 0)];
        var rows = Enumerable.Range(0, 4).Select(i => ImmutableSortedDictionary<string, string>.Empty.Add("g", $"{i}")).ToImmutableArray();
        var group = new TaskGroup("train", 10, 12, Template, inputs, rows, []);

        var taken = Enumerable.Range(10, 12).Select(i => (group.InputOf(i)!.Uri, Row: group.GridOf(i)["g"])).ToList();

        Assert.Equal(12, taken.Distinct().Count());
        Assert.Equal(["file:///a", "file:///a", "file:///a", "file:///a"], taken.Take(4).Select(t => t.Uri));
        Assert.Equal(["0", "1", "2", "3"], taken.Take(4).Select(t => t.Row));
    }

    [Fact]
    public void Has_no_input_and_no_grid_where_none_was_asked()
    {
        var group = new TaskGroup("work", 0, 3, Template, [], [], []);
        Assert.Null(group.InputOf(2));
        Assert.Empty(group.GridOf(2));
        Assert.Equal(3, group.End);
    }

    [Fact]
    public void Finds_the_group_of_an_index_and_names_the_job_for_one_that_is_none()
    {
        var spec = new JobSpec
        {
            Kind = "Job",
            Name = "two",
            Groups = [new TaskGroup("a", 0, 2, Template, [], [], []), new TaskGroup("b", 2, 1, Template, [], [], ["a"])],
        };
        Assert.Equal("a", spec.GroupOf(1).Name);
        Assert.Equal("b", spec.GroupOf(2).Name);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => spec.GroupOf(3));
        Assert.Contains("Job two has 3 tasks", error.Message, StringComparison.Ordinal);
    }
}
