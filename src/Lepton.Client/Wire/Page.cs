using System.Collections.Immutable;

namespace Lepton.Client.Wire;

/// <summary>A page of a list. <see cref="Truncated"/> is true whenever it does not show all there is.</summary>
public sealed record Page<T>
{
    public required ImmutableArray<T> Items { get; init; }

    /// <summary>Give it back as <c>cursor</c> for the next page; absent on the last one.</summary>
    public string? NextCursor { get; init; }

    /// <summary>How many match in all, in the regions that answered.</summary>
    public required long Total { get; init; }

    public required bool Truncated { get; init; }

    /// <summary>Regions whose part is missing because they did not answer.</summary>
    public ImmutableArray<MissingRegion>? Missing { get; init; }
}

/// <summary>A region that did not answer a list.</summary>
public sealed record MissingRegion
{
    public required string Region { get; init; }

    public required string Why { get; init; }

    /// <summary>When it was last heard of.</summary>
    public DateTimeOffset? LastHeardAt { get; init; }
}
