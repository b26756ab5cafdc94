namespace Lepton.Sample.Data;

/// <summary>One task of the trace; times in seconds from its start. Scheduled is null when the task never got a node.</summary>
internal sealed record PodRow(string Name, Shape Shape, string EndPhase, long Created, long Deleted, long? Scheduled)
{
    /// <summary>
    /// Seconds the task held its devices: from being scheduled to being deleted. Not from creation: while it waits in the
    /// queue it holds nothing, and the wait says more about the cluster than about the task.
    /// </summary>
    public long OccupiedSeconds => Deleted - (Scheduled ?? Deleted);

    /// <summary>The target: ln(1 + seconds), because durations run from seconds to weeks.</summary>
    public double Target => Math.Log(1 + OccupiedSeconds);
}
