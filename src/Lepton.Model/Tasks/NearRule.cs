using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>A level of failure domain, the smallest first. Racks and zones are the labels <c>rack</c> and <c>zone</c> of nodes.</summary>
[GenerateSerializer, Alias("DomainLevel")]
public enum DomainLevel
{
    Node,
    Rack,
    Zone,
    Region,
}

/// <summary>Tasks to be near to, or away from: those of the same tenant that carry these labels, or the others of the same job.</summary>
/// <param name="Tasks">Labels that such a task carries, each with exactly this value; null: the other tasks of the same job.</param>
/// <param name="Preferred">A wish; false: a must.</param>
[GenerateSerializer, Immutable, Alias("NearRule")]
public sealed record NearRule(
    [property: Id(0)] DomainLevel By,
    [property: Id(1)] ImmutableSortedDictionary<string, string>? Tasks,
    [property: Id(2)] bool Preferred)
{
    /// <summary>Which tasks, for people.</summary>
    public string Whom => Tasks is null ? "other tasks of its job" : $"tasks labelled {string.Join(", ", Tasks.Select(l => $"{l.Key}: {l.Value}"))}";

    public bool Equals(NearRule? other) => ReferenceEquals(this, other) || (other is not null && (By, Preferred) == (other.By, other.Preferred)
        && (Tasks is null ? other.Tasks is null : other.Tasks is not null && Tasks.SequenceEqual(other.Tasks)));

    public override int GetHashCode() => HashCode.Combine(By, Preferred, Tasks?.Count);
}

/// <summary>How the tasks of one group are spread over failure domains: evenly where that is possible, and never beyond the limits.</summary>
/// <param name="MaxPerDomain">Tasks of the group at most in one domain at a time; 0: no limit.</param>
/// <param name="MaxSkew">Tasks of the group at most that one domain may have more than the emptiest of its region that could take one; 0: no limit.</param>
[GenerateSerializer, Immutable, Alias("SpreadRule")]
public sealed record SpreadRule([property: Id(0)] DomainLevel By, [property: Id(1)] int MaxPerDomain, [property: Id(2)] int MaxSkew);
