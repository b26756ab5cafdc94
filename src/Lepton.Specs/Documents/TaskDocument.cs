namespace Lepton.Specs;

/// <summary>One entry of <c>tasks</c>: work with a name, its split and its place among the others.</summary>
public sealed record TaskDocument : WorkDocument
{
    public string Name { get; init; } = "";

    public SplitDocument? Split { get; init; }

    /// <summary>Axes in the given order; the last one varies fastest.</summary>
    public ValueList<Named<ValueList<string>>>? Grid { get; init; }
}

/// <summary>What a task is split by.</summary>
public enum SplitBy
{
    Count,
    Inputs,
}

/// <summary>How a task becomes several.</summary>
public sealed record SplitDocument
{
    public SplitBy By { get; init; }

    /// <summary>Name of the input list, for <see cref="SplitBy.Inputs"/>.</summary>
    public string? Of { get; init; }

    /// <summary>Number of tasks, for <see cref="SplitBy.Count"/>.</summary>
    public int? Count { get; init; }
}
