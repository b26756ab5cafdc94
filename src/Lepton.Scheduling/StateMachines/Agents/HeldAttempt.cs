using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.StateMachines.Agents;

/// <summary>An attempt as the agent holds it: waiting to start, alive, or ended and not forgotten yet.</summary>
internal sealed class HeldAttempt(AttemptId attempt, Epoch nodeEpoch, Capacity demand)
{
    /// <summary>Figures kept of one attempt; more are ignored, newest values of known names still count.</summary>
    private const int MetricsKept = 64;

    public AttemptId Attempt => attempt;

    public Epoch NodeEpoch => nodeEpoch;

    public Capacity Demand => demand;

    /// <summary>What to start; null once it was started (or adopted).</summary>
    public Assignment? Waiting { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public ImmutableArray<DeviceGrant> Devices { get; init; } = [];

    public TimeSpan? TimeLimit { get; init; }

    public TimeSpan Grace { get; init; }

    public AttemptEndCause? StopCause { get; set; }

    public bool Killed { get; set; }

    public AttemptEnd? End { get; set; }

    public ImmutableArray<MetricValue> Metrics { get; private set; } = [];

    /// <summary>A process may exist: its resources are in use.</summary>
    public bool IsAlive => Waiting is null && End is null;

    public AgentAttempt ToBeat() => new(
        attempt,
        nodeEpoch,
        End is not null || StopCause is not null ? TaskPhase.Stopping : StartedAt is null ? TaskPhase.Starting : TaskPhase.Running,
        StartedAt,
        End,
        Metrics);

    public void Report(ImmutableArray<MetricValue> values)
    {
        foreach (var value in values)
        {
            var at = -1;
            for (var i = 0; i < Metrics.Length && at < 0; i++)
            {
                if (Metrics[i].Name == value.Name) at = i;
            }

            if (at >= 0) Metrics = Metrics.SetItem(at, value);
            else if (Metrics.Length < MetricsKept) Metrics = Metrics.Add(value);
        }
    }
}
