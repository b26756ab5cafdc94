using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Estimation;
using Lepton.Scheduling.Queueing;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <summary>A task that was dispatched and has not come back: here, or delegated to another region.</summary>
internal sealed class Flight
{
    public required TaskId Task { get; init; }

    public required TaskShape Shape { get; init; }

    public required TenantId Tenant { get; init; }

    /// <summary>What its neighbours see of it.</summary>
    public required TaskTemplate Template { get; init; }

    public required RegionId Region { get; init; }

    public required NodeId? Node { get; set; }

    /// <summary>Number of the newest attempt known when it was dispatched: word of an older or equal one is late.</summary>
    public required int After { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>Number of the order of this activation; 0 for what was found in the store.</summary>
    public long Order { get; init; }

    /// <summary>Epoch and number of the newest order that its record has, or will have.</summary>
    public required (Epoch Epoch, long Order) Given { get; init; }

    /// <summary>Number of the attempt; 0 until the task has answered.</summary>
    public int Attempt { get; set; }

    public TaskPhase Phase { get; set; } = TaskPhase.Leased;

    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>What it was in the queue; null for a fresh task.</summary>
    public WaitingTask? Before { get; init; }

    /// <summary>The gang it starts with; null: none.</summary>
    public GangRun? Gang { get; init; }

    /// <summary>It holds its grant, and stands at the gate or was let through.</summary>
    public bool Granted { get; set; }

    /// <summary>Its gang has lost a member: it is to stop and wait again.</summary>
    public bool Broken { get; set; }

    /// <summary>What happened to the gang, for people.</summary>
    public string? BrokenBy { get; set; }

    /// <summary>The queue that holds <see cref="Amounts"/> for it; only for what is in this region.</summary>
    public int Queue { get; set; }

    public long[]? Amounts { get; set; }

    public int Priority { get; init; }

    /// <summary>Run time that it will not exceed, as far as anybody knows: its limit, else what nine of ten runs like it took.</summary>
    public TimeSpan? Bound { get; init; }

    public TimeSpan? CheckpointEvery { get; init; }

    public TimeSpan Grace { get; init; }

    public bool Preemptible { get; init; }

    /// <summary>What its run time is learned under.</summary>
    public RunTimeKey? Learns { get; set; }

    /// <summary>It was told to make room.</summary>
    public bool IsPutOff { get; set; }

    /// <summary>Its region has been silent too long; the task was told.</summary>
    public bool TakenBack { get; set; }
}
