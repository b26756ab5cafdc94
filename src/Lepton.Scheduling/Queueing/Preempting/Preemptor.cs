namespace Lepton.Scheduling.Queueing.Preempting;

/// <summary>Who wants room: a task that fits nowhere, or whose quota others hold.</summary>
internal sealed record Preemptor(int Queue, int Priority, long[] Amounts);

/// <summary>What to end for a preemptor, and where it then fits.</summary>
/// <param name="Cost">Work lost: seconds × share of all there is, summed over the victims.</param>
internal sealed record Victims(int Node, IReadOnlyList<RunningTask> Tasks, double Cost);
