using System.Collections.Immutable;
using CsCheck;
using Lepton.Model;

namespace Lepton.Specs.Tests;

/// <summary>The split: indexes, combinations, order, limits.</summary>
public sealed class SplitterTests
{
    [Fact]
    public void Groups_stand_behind_what_they_depend_on_and_otherwise_as_written()
    {
        var spec = Texts.Accepted(Texts.Job(
            """
            - {name: d, run: {handler: noop}, dependsOn: [b, c]}
            - {name: c, run: {handler: noop}, dependsOn: [a], split: {by: count, count: 3}}
            - {name: b, run: {handler: noop}, dependsOn: [a]}
            - {name: z, run: {handler: noop}}
            - {name: a, run: {handler: noop}, split: {by: count, count: 2}}
            """));
        Assert.Equal(["z", "a", "c", "b", "d"], spec.Groups.Select(g => g.Name));
        Assert.Equal([0, 1, 3, 6, 7], spec.Groups.Select(g => g.First));
        Assert.Equal(8, spec.TaskCount);
        Assert.Equal(["b", "c"], spec.Groups[^1].DependsOn);
    }

    [Theory]
    [InlineData("- {name: a, run: {handler: noop}, dependsOn: [a]}", "tasks[0].dependsOn: tasks wait for each other: a -> a. Maybe remove one of these. line 6:46")]
    [InlineData("- {name: a, run: {handler: noop}, dependsOn: [b]}\n- {name: b, run: {handler: noop}, dependsOn: [a]}", "tasks[0].dependsOn: tasks wait for each other: a -> b -> a. Maybe remove one of these. line 6:46")]
    [InlineData("- {name: x, run: {handler: noop}, dependsOn: [b]}\n- {name: b, run: {handler: noop}, dependsOn: [c, x2]}\n- {name: c, run: {handler: noop}, dependsOn: [b]}\n- {name: x2, run: {handler: noop}}", "tasks[1].dependsOn: tasks wait for each other: b -> c -> b. Maybe remove one of these. line 7:46")]
    [InlineData("- {name: train, run: {handler: noop}}\n- {name: b, run: {handler: noop}, dependsOn: [trian]}", "tasks[1].dependsOn[0]: there is no task \"trian\" in this job. Maybe train. line 7:47")]
    [InlineData("- {name: a, run: {handler: noop}}\n- {name: a, run: {handler: noop}}", "tasks[1].name: \"a\" is the name of another task as well. Maybe number them. line 7:10")]
    [InlineData("- {name: a, run: {handler: noop}, dependsOn: [b, b]}\n- {name: b, run: {handler: noop}}", "tasks[0].dependsOn[1]: \"b\" stands twice. Maybe remove one of them. line 6:50")]
    [InlineData("- {run: {handler: noop}}", "tasks[0].name is missing. Maybe add name. line 6:3")]
    [InlineData("- {name: a}", "tasks[0].run is missing. Maybe add run. line 6:3")]
    [InlineData("- {name: a, run: {handler: noop}, split: {by: count}}", "tasks[0].split: by: count needs a count. Maybe count: 100. line 6:42")]
    [InlineData("- {name: a, run: {handler: noop}, split: {by: inputs}}", "tasks[0].split: by: inputs needs the name of a list of inputs. Maybe declare inputs at the top level. line 6:42")]
    [InlineData("- {name: a, run: {handler: noop}, split: {by: inputs, of: pods}}", "tasks[0].split.of: there is no list of inputs \"pods\". Maybe declare it under inputs. line 6:59")]
    [InlineData("- {name: a, run: {handler: noop}, split: {by: count, count: 2, of: pods}}", "tasks[0].split.of: names inputs where the split is by count. Maybe by: inputs. line 6:68")]
    [InlineData("- {name: a, run: {handler: noop}, split: {by: region}}", "tasks[0].split.by: \"region\" is not one of count, inputs. line 6:47")]
    [InlineData("- {name: a, run: {handler: noop}, split: {count: 2}}", "tasks[0].split.by is missing. Maybe add by. line 6:42")]
    [InlineData("- {name: a, run: {handler: noop}, grid: {x: 5}}", "tasks[0].grid.x: 5 is not a list of values. Maybe [5]. line 6:45")]
    [InlineData("- {name: a, run: {handler: noop}, grid: {x: []}}", "tasks[0].grid.x: holds 0 values; it takes at least 1. Maybe add one, or leave the field out. line 6:45")]
    [InlineData("- {name: a, run: {handler: noop}, grid: {x: [1, [2]]}}", "tasks[0].grid.x[1]: a list is not a number, a text or true or false. line 6:49")]
    [InlineData("- {name: a, run: {handler: noop}, grid: {x: [1, \"1\"]}}", "tasks[0].grid.x[1]: \"1\" stands twice. Maybe remove one of them. line 6:49")]
    [InlineData("- {name: a, run: {handler: noop}, grid: {1x: [1]}}", "tasks[0].grid.1x: \"1x\" is not a grid name: a letter, then letters, digits, _ and -. line 6:42")]
    [InlineData("- {name: a, run: {handler: noop}, priority: 3}", "priority: there is no such field here. Maybe one of name, split, grid, labels, dependsOn, run, resources, placement, gang, timeLimit, deadline, startAfter, retry, preemption, checkpoint, estimate, outputs. line 6:35")]
    [InlineData("- a", "tasks[0]: \"a\" is not a map of fields. line 6:3")]
    public void A_job_that_cannot_be_split_is_refused(string tasks, string expected) => Texts.RefusedWith(Texts.Job(tasks), expected);

    [Theory]
    [InlineData("inputs: {x: []}", "inputs.x: holds 0 inputs; it takes at least 1. Maybe add one, or leave the field out. line 4:13")]
    [InlineData("inputs: {x: ['file:///a/../b']}", "inputs.x[0]: \"file:///a/../b\" leads upwards with a .. segment. Maybe write the path out. line 4:14")]
    [InlineData("inputs: {x: ['file:///a%2e/b']}", "inputs.x[0]: \"file:///a%2e/b\" holds '%', which a file uri cannot carry here. Maybe rename the file. line 4:14")]
    [InlineData("inputs: {x: ['file:///a/']}", "inputs.x[0]: \"file:///a/\" names a folder. Maybe list its files. line 4:14")]
    [InlineData("inputs: {x: ['file://']}", "inputs.x[0]: \"file://\" names no file. Maybe file:///data/part.csv. line 4:14")]
    [InlineData("inputs: {x: ['file://./us.csv']}", "inputs.x[0]: \"file://./us.csv\" is relative, and there is no spec file it could be relative to. Maybe file:///us.csv. line 4:14")]
    [InlineData("inputs: {x: ['file://us.csv']}", "inputs.x[0]: \"file://us.csv\" names the host us.csv; a file lies on the machines of its region. Maybe file://./us.csv beside the spec file, or file:///us.csv. line 4:14")]
    [InlineData("inputs: {x: ['file://LocalHost']}", "inputs.x[0]: \"file://LocalHost\" names the host LocalHost; a file lies on the machines of its region. Maybe file://./LocalHost beside the spec file, or file:///LocalHost. line 4:14")]
    [InlineData("inputs: {x: ['file://localhost/']}", "inputs.x[0]: \"file://localhost/\" names a folder. Maybe list its files. line 4:14")]
    [InlineData("inputs: {x: [us.csv]}", "inputs.x[0]: \"us.csv\" is not an uri. Maybe file://./us.csv. line 4:14")]
    [InlineData("inputs: {x: ['s3://d/x']}", "inputs.x[0]: \"s3://d/x\" uses s3:, which is not supported by this server. Maybe file:// or artifact:. line 4:14")]
    [InlineData("inputs: {x: ['artifact:12']}", "inputs.x[0]: \"artifact:12\" is not an artifact. Maybe artifact: and the 64 hex digits of its SHA-256. line 4:14")]
    [InlineData("inputs: {x: [\"file:///a\\0b\"]}", "inputs.x[0]: \"file:///a\\u0000b\" holds the control character U+0000. Maybe remove it. line 4:14")]
    [InlineData("inputs: {x: [{region: us-east}]}", "inputs.x[0].uri is missing. Maybe add uri. line 4:14")]
    [InlineData("inputs: {x: [{uri: 'file:///a', size: 2GiB}]}", "inputs.x[0].size is not supported by this server. line 4:33")]
    [InlineData("inputs: {x: [{uri: 'file:///a', sizeGiB: 2}]}", "inputs.x[0].sizeGiB is not supported by this server. line 4:33")]
    [InlineData("inputs: {x: [{uri: 'file:///a', mode: rw}]}", "mode: there is no such field here. Maybe one of uri, region. line 4:33")]
    [InlineData("inputs: {X Y: ['file:///a']}", "inputs.X Y: \"X Y\" is not a name: 1 to 63 of a-z, 0-9 and -. Maybe x-y. line 4:10")]
    [InlineData("inputs: ['file:///a']", "inputs: a list is not a map of lists. Maybe {name: value}. line 4:9")]
    public void Bad_inputs_are_refused(string inputs, string expected) =>
        Texts.RefusedWith(Texts.Job("- {name: a, run: {handler: noop}}", inputs), expected);

    [Theory]
    [InlineData("placement: {regions: [us-east]}", true)]
    [InlineData("placement: {avoid: [eu-west]}", true)]
    [InlineData("placement: {regions: [us-east, eu-west]}", false)]
    [InlineData("placement: {avoid: [eu-west/n04]}", false)]
    public void A_file_that_no_allowed_region_can_read_is_refused(string placement, bool refused)
    {
        var job = Texts.Job("- {name: a, run: {handler: noop}, split: {by: inputs, of: x}}", $"inputs: {{x: [{{uri: file:///a, region: eu-west}}]}}\n{placement}");
        if (refused) Texts.RefusedWith(job, "placement: task a may not run in eu-west, the only region that can read file:///a. Maybe allow eu-west. line 5:12");
        else Texts.Accepted(job);
        Texts.Accepted(job.Replace("file:///a", "artifact:" + new string('0', 64), StringComparison.Ordinal));
    }

    [Fact]
    public void Limits_of_a_job_are_stated()
    {
        Texts.Accepted(Texts.Job("- {name: a, run: {handler: noop}, split: {by: count, count: 500000}, grid: {x: [1, 2]}}"));
        Texts.RefusedWith(
            Texts.Job("- {name: a, run: {handler: noop}, split: {by: count, count: 500000}, grid: {x: [1, 2]}}\n- {name: b, run: {handler: noop}}"),
            "tasks: 1,000,001 tasks after the split; the limit is 1,000,000. Maybe submit several jobs. line 6:1");
        var axis = string.Join(", ", Enumerable.Range(0, 100));
        Texts.RefusedWith(
            Texts.Job($"- {{name: a, run: {{handler: noop}}, grid: {{x: [{axis}], y: [{axis}], z: [1, 2]}}}}"),
            "tasks[0].grid: comes to 20,000 combinations; the limit is 10,000. Maybe fewer values, or several tasks. line 6:41");
        Texts.RefusedWith(
            Texts.Job(string.Concat(Enumerable.Range(0, 3).Select(i => $"- {{name: a{i}, run: {{handler: noop}}, grid: {{x: [{axis}], y: [{axis}]}}}}\n"))),
            "tasks: 30,000 inputs and combinations over all tasks; the limit is 20,000. Maybe submit several jobs. line 6:1");
        var sixteen = string.Join(", ", Enumerable.Range(0, 16).Select(i => $"a{i}: [{axis}]"));
        Assert.Contains(Texts.Refused(Texts.Job($"- {{name: a, run: {{handler: noop}}, grid: {{{sixteen}}}}}")), e => e.Contains("combinations; the limit is 10,000", StringComparison.Ordinal));
        var inputs = string.Join(", ", Enumerable.Range(0, 5_001).Select(i => $"'file:///{i}'"));
        Texts.RefusedWith(
            Texts.Job("- {name: a, run: {handler: noop}}", $"inputs: {{x: [{inputs}], y: [{inputs}]}}"),
            "inputs: 10,002 inputs; the limit is 10,000. Maybe pack several files into one. line 4:9");
        var tasks = string.Concat(Enumerable.Range(0, 1_001).Select(i => $"- {{name: t{i}, run: {{handler: noop}}}}\n"));
        Texts.RefusedWith(Texts.Job(tasks), "tasks: holds 1,001 tasks; the limit is 1,000. Maybe submit several jobs. line 6:1");
        var big = string.Concat(Enumerable.Range(0, 140).Select(i => $"- {{name: t{i}, run: {{command: [x]}}}}\n"));
        Texts.RefusedWith(
            Texts.Job(big, $"run: {{env: {{A: {new string('x', 32_000)}}}}}"),
            "tasks: 4,480,280 characters of commands, environments and labels over all tasks; the limit is 4,194,304. Maybe pass a file instead. line 6:1");
        Texts.RefusedWith(
            Texts.Task(run: $"run: {{command: [{new string('x', 32_769)}]}}"),
            $"run.command[0]: \"{new string('x', 48)}...\" has 32,769 characters; the limit is 32,768. Maybe pass a file instead. line 4:17");
    }

    [Fact]
    public void A_thousand_tasks_in_a_chain_are_ordered()
    {
        var tasks = string.Concat(Enumerable.Range(0, 1_000).Reverse().Select(i => $"- {{name: t{i}, run: {{handler: noop}}, dependsOn: [{(i == 0 ? "" : $"t{i - 1}")}]}}\n"));
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"t{i}"), Texts.Accepted(Texts.Job(tasks)).Groups.Select(g => g.Name));
    }

    [Fact]
    public void Indexes_follow_one_another_and_each_combination_comes_exactly_once_for_each_input()
    {
        Documents.Job.Sample(
            document =>
            {
                var spec = Texts.Accepted(SpecText.ToJson(document));
                var first = 0;
                foreach (var group in spec.Groups)
                {
                    Assert.Equal(first, group.First);
                    var task = document.Tasks!.Single(t => t.Name == group.Name);
                    Assert.All(group.DependsOn, d => Assert.Contains(spec.Groups, g => g.Name == d && g.End <= group.First));
                    CheckCombinations(group, task);
                    first = group.End;
                }

                Assert.Equal(document.Tasks!.Count, spec.Groups.Length);
                Assert.Equal(first, spec.TaskCount);
            },
            iter: 300);
    }

    private static void CheckCombinations(TaskGroup group, TaskDocument task)
    {
        var axes = task.Grid ?? [];
        var combinations = axes.Aggregate(1, (n, a) => n * a.Value.Count);
        var pieces = task.Split?.By == SplitBy.Inputs ? group.Inputs.Length : task.Split?.Count ?? 1;
        Assert.Equal(pieces * combinations, group.Count);
        var seen = new HashSet<(int, string)>();
        for (var k = 0; k < group.Count; k++)
        {
            var row = group.GridOf(group.First + k);
            Assert.Equal(axes.Select(a => a.Name).Order(StringComparer.Ordinal), row.Keys);
            Assert.All(axes, a => Assert.Contains(row[a.Name], a.Value));
            Assert.True(seen.Add((k / combinations, string.Join('|', row.Select(p => $"{p.Key}={p.Value}")))));
            if (group.Inputs.Length > 0) Assert.Same(group.Inputs[k / combinations], group.InputOf(group.First + k));
        }
    }
}
