using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>What a person or program submits: one or more named tasks. See the job spec page for the text form.</summary>
[GenerateSerializer, Immutable, Alias("JobSpec")]
public sealed record JobSpec
{
    [Id(0)] public required string Kind { get; init; }

    [Id(1)] public required string Name { get; init; }

    [Id(2)] public TenantId Tenant { get; init; } = TenantId.Default;

    [Id(3)] public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    [Id(4)] public string Queue { get; init; } = "default";

    /// <summary>0 to 100, higher first.</summary>
    [Id(5)] public int Priority { get; init; } = 50;

    /// <summary>The split, in topological order; indexes of the groups follow one another from 0.</summary>
    [Id(6)] public required ImmutableArray<TaskGroup> Groups { get; init; }

    /// <summary>The spec as it was given, in canonical YAML, so that it can be submitted again.</summary>
    [Id(7)] public string Source { get; init; } = "";

    /// <summary>Where the job may be at all; null = anywhere. Every template of it says the same.</summary>
    [Id(20)] public Residency? Residency { get; init; }

    public int TaskCount => Groups.IsDefaultOrEmpty ? 0 : Groups[^1].End;

    /// <summary>The group of a task index. Cost: O(groups).</summary>
    public TaskGroup GroupOf(int index)
    {
        foreach (var group in Groups)
        {
            if (group.Contains(index)) return group;
        }

        throw new ArgumentOutOfRangeException(nameof(index), index, $"Job {Name} has {TaskCount} tasks.");
    }
}
