namespace Lepton.Specs;

/// <summary>Every placeholder of a job can be filled in: names what cannot, with the nearest that can.</summary>
internal sealed class PlaceholderCheck(
    JobDocument document, IReadOnlyList<PlannedTask> tasks, Dictionary<string, int> byName, SplitScope scope)
{
    private const string Grid = "grid.";
    private const string Outputs = "outputs.";
    private const string Escape = "Maybe $${ where the text itself is meant.";

    public void Run()
    {
        foreach (var task in tasks)
        {
            if (task.Work.Run is not { } run || scope.Full) continue;
            var path = task.Path.Field("run");
            for (var i = 0; i < (run.Command?.Count ?? 0); i++) {
                var at = i;
                Check(run.Command![i], task, () => path.Field("command").Item(at));
            }

            foreach (var (name, value) in run.Env ?? [])
            {
                if (value.Contains("${", StringComparison.Ordinal)) Check(value, task, () => OwnOrInherited(path, "env", name));
            }

            if (run.Workdir is not null) Check(run.Workdir, task, () => OwnOrInherited(path, "workdir"));
        }
    }

    private SpecPath OwnOrInherited(SpecPath run, params ReadOnlySpan<string> names)
    {
        var (own, inherited) = (run, SpecPath.Root.Field("run"));
        foreach (var name in names) (own, inherited) = (own.Field(name), inherited.Field(name));
        return document.Kind != SpecKind.Job || scope.Holds(own) ? own : inherited;
    }

    /// <param name="place">Worked out only for what is wrong: looking for it costs more than the check.</param>
    private void Check(string text, PlannedTask task, Func<SpecPath> place)
    {
        foreach (var (name, closed) in Placeholders.In(text))
        {
            if (scope.Full) return;
            var shown = $"${{{Words.Shown(name)}}}";
            if (!closed) scope.AddAlso(place(), $"the placeholder ${{{Words.Shown(name)} has no closing brace.", Escape);
            else if (name == "input")
            {
                if (task.Inputs is null)
                    scope.Add(place(), $"{shown}: task {Words.Shown(task.Name)} has no inputs.",
                        "Maybe split: {by: inputs, of: NAME}.");
            }
            else if (name.StartsWith(Grid, StringComparison.Ordinal)) CheckGrid(name[Grid.Length..], shown, task, place);
            else if (name.StartsWith(Outputs, StringComparison.Ordinal)) CheckOutputs(name[Outputs.Length..], shown, task, place);
            else if (name is not ("index" or "checkpoint")) Unknown(name, shown, task, place);
        }
    }

    private void CheckGrid(string axis, string shown, PlannedTask task, Func<SpecPath> place)
    {
        if (task.Grid.Any(a => a.Name == axis)) return;
        var nearest = scope.Nearest(axis, task.Grid.Select(a => a.Name)) ?? (task.Grid.Count > 0 ? task.Grid[0].Name : null);
        scope.AddAlso(place(), $"{shown}: task {Words.Shown(task.Name)} has no grid value of that name.",
            nearest is null ? "Maybe declare it under grid." : $"Maybe ${{grid.{nearest}}}.");
    }

    private void CheckOutputs(string name, string shown, PlannedTask task, Func<SpecPath> place)
    {
        if (!byName.TryGetValue(name, out var at))
        {
            var nearest = scope.Nearest(name, byName.Keys.Where(n => n != task.Name));
            var hint = nearest is null ? null : $"Maybe ${{outputs.{nearest}}}.";
            scope.AddAlso(place(), $"{shown}: there is no task \"{Words.Shown(name)}\" in this job.", hint);
            return;
        }

        if (!task.DependsOn.Contains(name))
        {
            scope.AddAlso(place(), $"{shown}: task {Words.Shown(task.Name)} does not depend on {Words.Shown(name)}.",
                $"Maybe dependsOn: [{name}].");
            return;
        }

        var upstream = tasks[at];
        var kept = upstream.Work.Outputs?.Count ?? 0;
        if (kept == 0)
            scope.AddAlso(place(), $"{shown}: task {name} keeps no outputs.",
                $"Maybe give {name} outputs: [result.json].");
        else if (upstream.Count * kept > SpecLimits.OutputsReferenced)
        {
            scope.AddAlso(place(), $"{shown} stands for {Words.Number(upstream.Count * kept)} artifacts; the limit is {Words.Number(SpecLimits.OutputsReferenced)}.",
                "Maybe join them in a task between.");
        }
    }

    private void Unknown(string name, string shown, PlannedTask task, Func<SpecPath> place)
    {
        var known = new List<string> { "input", "index", "checkpoint" };
        known.AddRange(task.Grid.Select(a => Grid + a.Name));
        known.AddRange(task.DependsOn.Select(d => Outputs + d));
        var nearest = scope.Nearest(name, known);
        scope.AddAlso(place(), $"{shown} is not a placeholder.", nearest is null ? Escape : $"Maybe ${{{nearest}}}.");
    }
}
