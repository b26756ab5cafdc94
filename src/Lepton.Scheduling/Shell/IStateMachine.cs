using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Shell;

/// <summary>When something is handled and the seed for whatever chance it needs. The only source of time and chance of a machine.</summary>
public readonly record struct Moment(DateTimeOffset At, ulong Seed);

/// <summary>A caller that waits for a reply. <see cref="Nobody"/>: none does.</summary>
public readonly record struct CallId(long Value)
{
    public static readonly CallId Nobody;
}

/// <summary>
/// Decisions of one grain: deterministic, synchronous, no clock, no chance, no I/O. Same row, same inputs, same effects.
/// It owns exactly one row; what it wants done it says to <see cref="Effects"/>.
/// </summary>
public interface IStateMachine
{
    Address Self { get; }

    /// <summary>Key of the one row this machine owns.</summary>
    string RowKey { get; }

    /// <summary>Rows it wants to see at the start beside its own (read only). <paramref name="own"/> is null when nothing is stored.</summary>
    ImmutableArray<RowScan> Scans(Row? own);

    /// <summary>What must be durable now; null = nothing stored. Read by the shell after <see cref="Effects.Save"/>.</summary>
    Row? Row { get; }

    /// <summary>First call of every activation. <paramref name="own"/> is null when nothing is stored.</summary>
    void Restore(Row? own, IReadOnlyList<Row> scanned, Moment now, Effects effects);

    /// <summary>A message from another machine or a client. Reply now or, holding the call, later.</summary>
    void Ask(Message message, CallId call, Moment now, Effects effects);

    /// <summary>The answer to a message of ours. <see cref="Unanswered"/> (also for <see cref="Busy"/>) arrives only for <see cref="SendMode.Once"/>.</summary>
    void Answer(Address to, Message sent, Reply reply, Moment now, Effects effects);

    /// <summary>The time asked for by <see cref="Effects.WakeAt"/> has come.</summary>
    void Tick(Moment now, Effects effects);
}

/// <summary>How hard the shell tries to get an answer.</summary>
public enum SendMode
{
    /// <summary>One try; silence is an answer (<see cref="Unanswered"/>).</summary>
    Once,

    /// <summary>Repeated with growing pauses until answered; forgotten in a crash, for what a restart finds out anyway.</summary>
    UntilAnswered,

    /// <summary>Like <see cref="UntilAnswered"/>, and stored with the row: it survives crashes.</summary>
    Owed,
}
