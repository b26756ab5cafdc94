namespace Lepton.Specs.Tests;

/// <summary>Placeholders: what can be filled in passes, what cannot is named with the nearest that can.</summary>
public sealed class PlaceholderTests
{
    [Theory]
    [InlineData("plain $HOME $ $$ $} {}", "")]
    [InlineData("a${index}b${input}", "index,input")]
    [InlineData("$${input}", "")]
    [InlineData("$$${input} ${index}", "index")]
    [InlineData("$${a}${b}$${c}${d}", "b,d")]
    [InlineData("${a${b}", "a${b")]
    [InlineData("${}", "")]
    [InlineData("${open", "open!")]
    [InlineData("${", "!")]
    public void Placeholders_are_found_from_left_to_right(string text, string expected) =>
        Assert.Equal(expected, string.Join(',', Placeholders.In(text).Select(p => p.Closed ? p.Name : p.Name + "!")));

    [Theory]
    [InlineData("${index} ${checkpoint} $${HOME} $HOME", null)]
    [InlineData("${indx}", "${indx} is not a placeholder. Maybe ${index}.")]
    [InlineData("${HOME}", "${HOME} is not a placeholder. Maybe $${ where the text itself is meant.")]
    [InlineData("${ index }", "${ index } is not a placeholder. Maybe ${index}.")]
    [InlineData("${}", "${} is not a placeholder. Maybe $${ where the text itself is meant.")]
    [InlineData("${index", "the placeholder ${index has no closing brace. Maybe $${ where the text itself is meant.")]
    [InlineData("${input}", "${input}: task t has no inputs. Maybe split: {by: inputs, of: NAME}.")]
    [InlineData("${grid.x}", "${grid.x}: task t has no grid value of that name. Maybe declare it under grid.")]
    [InlineData("${outputs.x}", "${outputs.x}: there is no task \"x\" in this job.")]
    public void Placeholders_of_a_task_are_checked(string argument, string? expected)
    {
        foreach (var (run, place) in new[]
        {
            ($"run: {{command: [a, '{argument}']}}", "run.command[1]: {0} line 4:20"),
            ($"run: {{command: [a], env: {{A: '{argument}'}}}}", "run.env.A: {0} line 4:30"),
            ($"run: {{command: [a], workdir: '/{argument}'}}", "run.workdir: {0} line 4:30"),
        })
        {
            if (expected is null) Texts.Accepted(Texts.Task(run: run));
            else Texts.RefusedWith(Texts.Task(run: run), place.Replace("{0}", expected, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("${grid.tres}", "Maybe ${grid.trees}.")]
    [InlineData("${grid.zzz}", "Maybe ${grid.trees}.")]
    [InlineData("${tree}", "Maybe $${ where the text itself is meant.")]
    [InlineData("${outputs.prepp}", "Maybe ${outputs.prep}.")]
    [InlineData("${outputs.other}", "tasks[2].run.command[1]: ${outputs.other}: task train does not depend on other. Maybe dependsOn: [other].")]
    [InlineData("${outputs.silent}", "tasks[2].run.command[1]: ${outputs.silent}: task silent keeps no outputs. Maybe give silent outputs: [result.json].")]
    [InlineData("${outputs.prep} ${grid.trees}", null)]
    public void Placeholders_of_a_job_are_checked(string argument, string? expected)
    {
        var job = Texts.Job(
            $$$"""
            - {name: prep, run: {command: [p]}, outputs: [a]}
            - {name: other, run: {command: [o]}, outputs: [a]}
            - {name: train, run: {command: [a, '{{{argument}}}']}, grid: {trees: [1, 2]}, dependsOn: [prep, silent]}
            - {name: silent, run: {handler: noop}}
            """);
        if (expected is null) Texts.Accepted(job);
        else Assert.Contains(expected, Assert.Single(Texts.Refused(job)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_inherited_value_is_refused_at_its_own_place_for_the_task_that_cannot_fill_it()
    {
        var job = Texts.Job("- {name: a, run: {command: [x]}, grid: {n: [1]}}\n- {name: b, run: {command: [x]}}\n- {name: c, run: {command: [x], env: {N: 0}}}", "run: {env: {N: '${grid.n}'}}");
        Texts.RefusedWith(job, "run.env.N: ${grid.n}: task b has no grid value of that name. Maybe declare it under grid. line 4:16");
    }

    [Theory]
    [InlineData(5_000, false)]
    [InlineData(5_001, true)]
    public void Outputs_of_too_many_tasks_are_refused(int count, bool refused)
    {
        var job = Texts.Job($"- {{name: a, run: {{command: [p]}}, split: {{by: count, count: {count}}}, outputs: [x, y]}}\n- {{name: b, run: {{command: [c, '${{outputs.a}}']}}, dependsOn: [a]}}");
        if (refused) Texts.RefusedWith(job, "tasks[1].run.command[1]: ${outputs.a} stands for 10,002 artifacts; the limit is 10,000. Maybe join them in a task between. line 7:32");
        else Texts.Accepted(job);
    }
}
