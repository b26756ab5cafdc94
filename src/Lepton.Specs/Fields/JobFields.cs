namespace Lepton.Specs;

/// <summary>The tables of a spec as a whole and of an entry of <c>tasks</c>.</summary>
internal static class JobFields
{
    public const string ApiVersion = "lepton.dev/v1";

    private static readonly TextShape Version = new(
        "an apiVersion", SpecLimits.ShortChars, (v, _) => v == ApiVersion ? null : new("is not a version this server knows.", $"Maybe {ApiVersion}."), $"^{ApiVersion}$");

    public static readonly EnumShape<SpecKind> Kind = new(
        ("Task", SpecKind.Task), ("TaskArray", SpecKind.TaskArray), ("Gang", SpecKind.Gang), ("Job", SpecKind.Job));

    private static readonly EnumShape<Durability> DurabilityWords =
        new(("region", Durability.Region), ("buddy", Durability.Buddy));

    private static readonly ObjectShape<ArrayDocument> Array = new ObjectShape<ArrayDocument>(() => new(), "count")
        .Field("count", new IntShape(1, SpecLimits.Tasks),
            d => d.Count == 0 ? null : d.Count, (d, v) => d with { Count = v }, "Number of tasks.");

    private static readonly ObjectShape<SplitDocument> Split = new ObjectShape<SplitDocument>(() => new(), "by")
        .Field("by", new EnumShape<SplitBy>(("count", SplitBy.Count), ("inputs", SplitBy.Inputs)),
            d => d.By, (d, v) => d with { By = v },
            "count: a number of equal tasks. inputs: one task per input of a list.")
        .Field("of", Rules.Short, d => d.Of, (d, v) => d with { Of = v }, "Name of the list of inputs, for by: inputs.")
        .Field("count", new IntShape(1, SpecLimits.Tasks), d => d.Count, (d, v) => d with { Count = v },
            "Number of tasks, for by: count.");

    private static readonly ListShape<string> GridValues =
        new(Rules.GridValue, 1, SpecLimits.Combinations, "values") { Unique = true };

    public static readonly ObjectShape<TaskDocument> Task =
        new ObjectShape<TaskDocument>(() => new()) { Place = SpecPlace.JobTask }
        .Field("name", Rules.Name, d => d.Name, (d, v) => d with { Name = v }, "Name of the task within the job.")
        .Field("split", Split, d => d.Split, (d, v) => d with { Split = v },
            "What the task is split by; absent: one task.")
        .Field("grid", new MapShape<ValueList<string>>(Rules.Axis, GridValues, 16, "axes", sorted: false),
            d => d.Grid, (d, v) => d with { Grid = v },
            "Times every combination of these values, ${grid.NAME} in commands. The last axis varies fastest.")
        .AddWork();

    private static readonly ListShape<InputDocument> InputList = new(new InputShape(), 1, SpecLimits.Inputs, "inputs");

    public static readonly ObjectShape<JobDocument> Job = new ObjectShape<JobDocument>(() => new())
        .Field("apiVersion", Version, d => d.ApiVersion, (d, v) => d with { ApiVersion = v }, "Version of the format.")
        .Field("kind", Kind, d => d.Kind, (d, v) => d with { Kind = v },
            "Task: one. TaskArray: several equal ones. Gang: equal ones that start together. Job: different ones.")
        .Field("name", Rules.Name, d => d.Name, (d, v) => d with { Name = v },
            "Name people know the job by; need not be unique.")
        .Field("queue", Rules.Name, d => d.Queue, (d, v) => d with { Queue = v }, "Queue. Default: default.")
        .Field("priority", new IntShape(0, 100), d => d.Priority, (d, v) => d with { Priority = v },
            "0 to 100, higher first. Default 50.")
        .Field("durability", DurabilityWords, d => d.Durability, (d, v) => d with { Durability = v },
            "What an acknowledgement means. region: the job is durable in its owner region.")
        .Field("array", Array, d => d.Array, (d, v) => d with { Array = v }, "Size of a TaskArray.")
        .Field("inputs", new MapShape<ValueList<InputDocument>>(Rules.Name, InputList, 100, "lists", sorted: false),
            d => d.Inputs,
            (d, v) => d with { Inputs = v }, "Lists of inputs by name.")
        .AddWork()
        .Field("tasks", new ListShape<TaskDocument>(Task, 1, SpecLimits.Groups, "tasks"),
            d => d.Tasks, (d, v) => d with { Tasks = v },
            "The tasks of the job.");
}
