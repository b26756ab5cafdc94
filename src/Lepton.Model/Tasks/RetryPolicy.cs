using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>When an ended attempt is followed by another one. <see cref="Max"/> counts retries, not attempts.</summary>
[GenerateSerializer, Immutable, Alias("RetryPolicy")]
public sealed record RetryPolicy(
    [property: Id(0)] int Max,
    [property: Id(1)] TimeSpan Backoff,
    [property: Id(2)] ImmutableArray<AttemptEndCause> On)
{
    /// <summary>What holds where a spec says nothing: faults of the machines are retried, faults of the program are not.</summary>
    public static readonly RetryPolicy Default = new(
        3,
        TimeSpan.FromSeconds(1),
        [AttemptEndCause.NodeLost, AttemptEndCause.LeaseExpired, AttemptEndCause.DeviceFault]);
}
