using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.StateMachines.Agents;

/// <summary>An attempt that an earlier agent process started and this one found on the machine, running or ended.</summary>
public sealed record AdoptedAttempt(
    AttemptId Attempt,
    Epoch NodeEpoch,
    Capacity Demand,
    DateTimeOffset StartedAt,
    TimeSpan? TimeLimit,
    TimeSpan Grace,
    AttemptEnd? End)
{
    public ImmutableArray<DeviceGrant> Devices { get; init; } = [];
}
