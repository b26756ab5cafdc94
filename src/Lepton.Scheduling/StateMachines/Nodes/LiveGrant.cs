using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.StateMachines.Nodes;

/// <summary>A grant with what this activation of its node knows beyond the stored record.</summary>
internal sealed class LiveGrant(Grant grant, RunSpec? run, bool restored)
{
    /// <summary>Stored mark of a grant whose lease ran out: its end is decided, whatever the agent says later.</summary>
    public const AttemptEndCause Fence = AttemptEndCause.NodeLost;

    public Grant Grant { get; set; } = grant;

    /// <summary>What to run; null after a restart until the task repeats its offer.</summary>
    public RunSpec? Run { get; set; } = run;

    /// <summary>The task was asked whether this attempt is still its live one, and has said yes: it may be handed out.</summary>
    public bool Confirmed { get; set; }

    public bool ConfirmAsked { get; set; }

    /// <summary>Nodes of the members of its gang, once all hold their grants; empty: it is of no gang.</summary>
    public ImmutableArray<NodeId> GangNodes { get; set; } = [];

    /// <summary>True: granted by an earlier activation, which may have handed it to the agent in a reply still on its way.</summary>
    public bool Restored { get; set; } = restored;

    /// <summary>Sequence of the last beat whose reply assigned it; 0 = none.</summary>
    public long AssignedAt { get; set; }

    /// <summary>Number of the last beat (as this activation counts them) that listed it; 0 = none.</summary>
    public long ListedIn { get; set; }

    public bool StartTold { get; set; }

    /// <summary>Its end, being told to the task; the grant is given back when that was answered.</summary>
    public AttemptEnd? End { get; set; }

    /// <summary>Why it was asked to stop, where a device is the reason.</summary>
    public string? StopWhy { get; set; }

    /// <summary>When a process that a device keeps from ending counts as stuck; null: no device is to blame.</summary>
    public DateTimeOffset? StuckAfter { get; set; }

    /// <summary>Its task was told the end although the process still lives: what it holds stays held.</summary>
    public bool HoldsOn { get; set; }

    /// <summary>The task has answered; only the process is waited for.</summary>
    public bool IsTold { get; set; }

    /// <summary>No agent can have been told of it.</summary>
    public bool NeverHandedOut => !Restored && AssignedAt == 0 && ListedIn == 0;

    public bool IsFenced => Grant.StopAsked == Fence;
}
