using System.Collections.Immutable;
using Lepton.Scheduling.Queueing.Reserving;

namespace Lepton.Scheduling.Queueing.Preempting;

/// <summary>Who wants room: a task or gang that fits nowhere, or whose quota others hold.</summary>
/// <param name="Amounts">What it needs in all.</param>
/// <param name="Pieces">Members that start together; 1 for a task.</param>
internal sealed record Preemptor(int Queue, int Priority, long[] Amounts, int Pieces = 1)
{
    /// <summary>Rules about failure domains that it must keep with those who run, and with those who would be gone; null: none.</summary>
    public DomainLimits? Limits { get; init; }

    /// <summary>What each member needs.</summary>
    public long[] Each { get; } = Pieces == 1 ? Amounts : [.. Amounts.Select(a => a / Pieces)];
}

/// <summary>What to end for a preemptor, and where it then fits.</summary>
/// <param name="Cost">Work lost: seconds × share of all there is, summed over the victims.</param>
internal sealed record Victims(ImmutableArray<Piece> Pieces, IReadOnlyList<RunningTask> Tasks, double Cost)
{
    public int Node => Pieces[0].Node;
}
