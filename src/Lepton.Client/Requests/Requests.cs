using System.Collections.Immutable;

namespace Lepton.Client;

/// <summary>How a spec is submitted.</summary>
/// <param name="IdempotencyKey">
/// <c>region/anything</c> or a bare key, up to <see cref="Lepton.Client.IdempotencyKey.LongestCharacters"/> characters. Null: the client makes one.
/// </param>
public sealed record SubmitOptions(string? IdempotencyKey = null);

/// <summary>How something is cancelled.</summary>
/// <param name="Reason">Kept with the task; shown to whoever asks why it ended.</param>
/// <param name="Force">Kill at once, without the grace for a checkpoint.</param>
public sealed record CancelOptions(string? Reason = null, bool Force = false);

/// <summary>Which jobs to list.</summary>
public sealed record JobFilter
{
    /// <summary>Whole name.</summary>
    public string? Name { get; init; }

    /// <summary>Only jobs that are not over.</summary>
    public bool LiveOnly { get; init; }

    /// <summary>Start of the id.</summary>
    public string? IdPrefix { get; init; }

    /// <summary>Owner region; null = all.</summary>
    public string? Owner { get; init; }

    public int Limit { get; init; } = ListLimits.Default;

    public string? Cursor { get; init; }
}

/// <summary>Which tasks to list.</summary>
public sealed record TaskFilter
{
    /// <summary>Job id or unambiguous prefix.</summary>
    public string? Job { get; init; }

    /// <summary>States, any case; empty = all.</summary>
    public ImmutableArray<string> States { get; init; } = [];

    /// <summary>Region a task runs in or ran in last.</summary>
    public string? Region { get; init; }

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Owner region of the jobs; null = the owner of <see cref="Job"/>, or all.</summary>
    public string? Owner { get; init; }

    public int Limit { get; init; } = ListLimits.Default;

    public string? Cursor { get; init; }
}

/// <summary>Which nodes to list.</summary>
public sealed record NodeFilter
{
    public string? Region { get; init; }

    public int Limit { get; init; } = ListLimits.Default;

    public string? Cursor { get; init; }
}

/// <summary>Limits of a page.</summary>
public static class ListLimits
{
    public const int Default = 50;
    public const int Longest = 500;
}
