using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Specs;

/// <summary>
/// Turns a document into groups of tasks, in an order in which every group stands behind what it depends on.
/// </summary>
/// <remarks>
/// Input: a document whose fields were read. Output: groups whose indexes follow one another from 0, or errors.
/// Cost: O(inputs + combinations + dependencies), never O(tasks): a million equal tasks are one group.
/// Limits: <see cref="SpecLimits"/>.
/// </remarks>
internal sealed class Splitter(JobDocument document, SplitScope scope)
{
    private static readonly SpecPath Tasks = SpecPath.Root.Field("tasks");

    public ImmutableArray<TaskGroup> Split()
    {
        var tasks = new Planner(document, scope).Plan();
        var byName = IndexNames(tasks);
        var order = Order(tasks, byName);
        // What is over a limit is not looked into: an environment that a thousand tasks inherit would be read a thousand times.
        if (CheckLimits(tasks)) new PlaceholderCheck(document, tasks, byName, scope).Run();
        return scope.AnyErrors || order is null ? [] : Groups(tasks, order);
    }

    private Dictionary<string, int> IndexNames(IReadOnlyList<PlannedTask> tasks)
    {
        var byName = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < tasks.Count; i++)
        {
            if (!byName.TryAdd(tasks[i].Name, i))
                scope.Add(tasks[i].Path.Field("name"), $"\"{Words.Shown(tasks[i].Name)}\" is the name of another task as well.",
                    "Maybe number them.");
        }

        return byName;
    }

    private IReadOnlyList<int>? Order(IReadOnlyList<PlannedTask> tasks, Dictionary<string, int> byName)
    {
        var dependencies = new List<IReadOnlyList<int>>(tasks.Count);
        foreach (var task in tasks)
        {
            var known = new List<int>();
            for (var i = 0; i < task.DependsOn.Count; i++)
            {
                if (byName.TryGetValue(task.DependsOn[i], out var at)) known.Add(at);
                else UnknownTask(task, i, byName);
            }

            dependencies.Add(known);
        }

        var order = TopologicalOrder.Of(dependencies, out var cycle);
        if (order is null)
        {
            var names = cycle.Select(i => Words.Shown(tasks[i].Name)).ToList();
            var shown = names.Count > 12
                ? $"{string.Join(" -> ", names.Take(10))} -> ... -> {names[^1]}"
                : string.Join(" -> ", names);
            scope.AddAlso(tasks[cycle[0]].Path.Field("dependsOn"), $"tasks wait for each other: {shown}.",
                "Maybe remove one of these.");
        }

        return order;
    }

    private void UnknownTask(PlannedTask task, int i, Dictionary<string, int> byName)
    {
        if (scope.Full) return;
        var name = task.DependsOn[i];
        var nearest = scope.Nearest(name, byName.Keys.Where(n => n != task.Name));
        scope.Add(task.Path.Field("dependsOn").Item(i), $"there is no task \"{Words.Shown(name)}\" in this job.",
            nearest is null ? "Maybe a name from tasks." : $"Maybe {nearest}.");
    }

    private bool CheckLimits(IReadOnlyList<PlannedTask> tasks)
    {
        var inputs = (document.Inputs ?? []).Sum(l => (long)l.Value.Count);
        var within = Limit(SpecPath.Root.Field("inputs"), "inputs", inputs, SpecLimits.Inputs, "Maybe pack several files into one.");
        var count = tasks.Sum(t => (decimal)t.Count);
        within &= Limit(Tasks, "tasks after the split", (long)Math.Min(count, 1L << 50), SpecLimits.Tasks, "Maybe submit several jobs.");
        var rows = tasks.Sum(t => (t.Inputs?.Count ?? 0L) + (t.Grid.Count == 0 ? 0 : t.Combinations));
        within &= Limit(Tasks, "inputs and combinations over all tasks", rows, SpecLimits.SplitRows, "Maybe submit several jobs.");
        var chars = tasks.Sum(t => CharsOf(t.Work));
        return within & Limit(Tasks, "characters of commands, environments and labels over all tasks", chars, SpecLimits.ExpandedChars, "Maybe pass a file instead.");
    }

    private bool Limit(SpecPath path, string what, long found, long limit, string hint)
    {
        if (found > limit) scope.Add(path, $"{Words.Number(found)} {what}; the limit is {Words.Number(limit)}.", hint);
        return found <= limit;
    }

    private static long CharsOf(WorkDocument work) =>
        (work.Run?.Command?.Sum(a => (long)a.Length) ?? 0) + SumOf(work.Run?.Env) + SumOf(work.Labels) + (work.Outputs?.Sum(o => (long)o.Length) ?? 0);

    private static long SumOf(ValueList<Named<string>>? map) =>
        map?.Sum(e => (long)e.Name.Length + e.Value.Length) ?? 0;

    private ImmutableArray<TaskGroup> Groups(IReadOnlyList<PlannedTask> tasks, IReadOnlyList<int> order)
    {
        var refs = (document.Inputs ?? []).ToDictionary(l => (object)l.Value, l => RefsOf(l.Value), ReferenceEqualityComparer.Instance);
        var groups = ImmutableArray.CreateBuilder<TaskGroup>(tasks.Count);
        var first = 0;
        foreach (var i in order)
        {
            var task = tasks[i];
            var group = new TaskGroup(
                task.Name,
                first,
                (int)task.Count,
                Templates.Of(task),
                task.Inputs is null ? [] : refs[task.Inputs],
                GridRows.Of(task.Grid, (int)task.Combinations),
                [.. task.DependsOn]);
            groups.Add(group);
            first = group.End;
        }

        return groups.MoveToImmutable();
    }

    private static ImmutableArray<InputRef> RefsOf(ValueList<InputDocument> inputs) =>
        [.. inputs.Select(i => new InputRef(i.Uri, i.Region is null ? null : new RegionId(i.Region), i.SizeBytes ?? 0))];
}
