namespace Lepton.Specs;

/// <summary>Document to planned tasks: inheritance, splits, and the checks that one task can pass alone.</summary>
internal sealed class Planner(JobDocument document, SplitScope scope)
{
    private readonly Dictionary<string, ValueList<InputDocument>> inputs =
        (document.Inputs ?? []).ToDictionary(l => l.Name, l => l.Value, StringComparer.Ordinal);

    private readonly Dictionary<object, Dictionary<string, string>> fileRegions = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyList<PlannedTask> Plan() => document.Kind switch
    {
        SpecKind.Job => [.. (document.Tasks ?? []).Select((task, i) => OfTask(task, SpecPath.Root.Field("tasks").Item(i)))],
        SpecKind.Gang => [Checked(new PlannedTask(document.Name, SpecPath.Root, document) { Pieces = document.Gang?.Size ?? 1 })],
        SpecKind.TaskArray => [Checked(new PlannedTask(document.Name, SpecPath.Root, document) { Pieces = document.Array?.Count ?? 1 })],
        _ => [Checked(new PlannedTask(document.Name, SpecPath.Root, document))],
    };

    private PlannedTask OfTask(TaskDocument task, SpecPath path)
    {
        var planned = new PlannedTask(task.Name, path, Inheritance.Apply(document, task)) { Grid = task.Grid ?? [] };
        planned = task.Split switch
        {
            { By: SplitBy.Inputs } => planned with { Inputs = InputsOf(task.Split, path.Field("split")) },
            { By: SplitBy.Count } => planned with { Pieces = CountOf(task.Split, path.Field("split")) },
            _ => planned,
        };
        if (planned.Inputs is { } list) planned = planned with { Pieces = list.Count };
        if (task.Gang is { } gang)
        {
            if (task.Split is not null) RefuseInGang(path, "split");
            if (task.Grid is not null) RefuseInGang(path, "grid");
            planned = planned with { Pieces = gang.Size };
        }

        return Checked(planned);
    }

    private void RefuseInGang(SpecPath path, string field) =>
        scope.Add(path.Field(field), "a gang is so many equal members; it is not split further.", "Maybe let the members divide the work by LEPTON_GANG_RANK.");

    private ValueList<InputDocument>? InputsOf(SplitDocument split, SpecPath path)
    {
        if (split.Count is not null)
            scope.Add(path.Field("count"), "counts nothing where the split is by inputs.", "Maybe remove it.");
        if (split.Of is null)
        {
            var first = inputs.Count > 0 ? $"Maybe of: {inputs.Keys.First()}." : "Maybe declare inputs at the top level.";
            scope.Add(path, "by: inputs needs the name of a list of inputs.", first);
        }
        else if (inputs.TryGetValue(split.Of, out var list)) return list;
        else
        {
            var nearest = scope.Nearest(split.Of, inputs.Keys);
            var hint = nearest is null ? "Maybe declare it under inputs." : $"Maybe {nearest}.";
            scope.Add(path.Field("of"), $"there is no list of inputs \"{Words.Shown(split.Of)}\".", hint);
        }

        return null;
    }

    private long CountOf(SplitDocument split, SpecPath path)
    {
        if (split.Of is not null)
            scope.Add(path.Field("of"), "names inputs where the split is by count.", "Maybe by: inputs.");
        if (split.Count is null) scope.Add(path, "by: count needs a count.", "Maybe count: 100.");
        return split.Count ?? 1;
    }

    private PlannedTask Checked(PlannedTask task)
    {
        CheckRun(task.Work.Run, task.Path.Field("run"));
        if (string.Equals(task.Work.Run?.Handler, "noop", StringComparison.OrdinalIgnoreCase)) CheckNoop(task);
        CheckRegions(task);
        DeviceChecks.Check(task, document.Kind == SpecKind.Job, scope);
        if (task.Work.Gang?.SameRegion == false)
            scope.Add(task.Path.Field("gang").Field("sameRegion"), "false is not supported by this server: all members run in one region.", "Maybe remove it.");
        if (task.Combinations > SpecLimits.Combinations)
        {
            scope.Add(task.Path.Field("grid"), $"comes to {(task.Combinations < PlannedTask.Uncounted ? Words.Number(task.Combinations) : $"more than {Words.Number(PlannedTask.Uncounted)}")} combinations; the limit is {Words.Number(SpecLimits.Combinations)}.",
                "Maybe fewer values, or several tasks.");
        }

        return task;
    }

    private void CheckRun(RunDocument? run, SpecPath path)
    {
        var handler = run?.Handler is not null;
        if (handler && run?.Command is not null)
            scope.Add(path.Field("handler"), "a task runs a handler or a command, not both.",
                "Maybe remove one of them.");
        else if (!handler && run?.Command is null) scope.Add(path, "says nothing to run.", "Maybe command: [program, argument].");
        else if (run?.Command is { } command && command[0].Length == 0) scope.Add(path.Field("command").Item(0), "the program is empty.", "Maybe name it first.");
    }

    /// <summary>What a task that runs no process would be accepted with and never honour.</summary>
    private void CheckNoop(PlannedTask task)
    {
        var work = task.Work;
        if (work.Run?.Image is not null) RefuseWithNoop(task, p => p.Field("run").Field("image"));
        if (work.Run?.Workdir is not null) RefuseWithNoop(task, p => p.Field("run").Field("workdir"));
        if (work.Run?.Env is { Count: > 0 }) RefuseWithNoop(task, p => p.Field("run").Field("env"));
        if (work.TimeLimit is not null) RefuseWithNoop(task, p => p.Field("timeLimit"));
        if (work.Checkpoint is not null) RefuseWithNoop(task, p => p.Field("checkpoint"));
        if (work.Outputs is { Count: > 0 }) RefuseWithNoop(task, p => p.Field("outputs"));
    }

    private void RefuseWithNoop(PlannedTask task, Func<SpecPath, SpecPath> field)
    {
        var own = field(task.Path);
        var isOwn = document.Kind != SpecKind.Job || scope.Holds(own);
        scope.Add(
            isOwn ? own : field(SpecPath.Root),
            $"is not supported with run.handler noop{(isOwn ? "" : $" of task {task.Name}")}, which runs no process.",
            isOwn ? "Maybe remove it, or run a command." : "Maybe give it to the tasks that run a command.");
    }

    /// <summary>The regions that files of a list lie in, each with the first of them: worked out once, however many tasks split by it.</summary>
    private Dictionary<string, string> FileRegionsOf(ValueList<InputDocument> list)
    {
        if (fileRegions.TryGetValue(list, out var known)) return known;
        var regions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var input in list)
        {
            if (input.Region is { } region && InputUris.IsFile(input.Uri)) regions.TryAdd(region, input.Uri);
        }

        return fileRegions[list] = regions;
    }

    /// <summary>A task whose regions exclude one another could never start.</summary>
    private void CheckRegions(PlannedTask task)
    {
        var own = task.Path.Field("placement");
        var path = scope.Holds(own) ? own : SpecPath.Root.Field("placement");
        var regions = (task.Work.Placement?.Regions ?? []).ToHashSet(StringComparer.Ordinal);
        var avoid = (task.Work.Placement?.Avoid ?? []).ToHashSet(StringComparer.Ordinal);
        if (regions.Count > 0 && regions.All(avoid.Contains))
            scope.Add(path, "avoids every region it allows, so the task could never start.",
                "Maybe remove a region from avoid.");
        if (task.Inputs is null || regions.Count + avoid.Count == 0) return;
        foreach (var (region, uri) in FileRegionsOf(task.Inputs))
        {
            var excluded = avoid.Contains(region) || (regions.Count > 0 && !regions.Contains(region));
            if (!excluded) continue;
            scope.Add(path, $"task {task.Name} may not run in {region}, the only region that can read {Words.Shown(uri)}.",
                $"Maybe allow {region}.");
            return;
        }
    }
}
