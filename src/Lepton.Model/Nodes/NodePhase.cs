using Orleans;

namespace Lepton.Model;

/// <summary>What may be placed on a node now.</summary>
[GenerateSerializer, Alias("NodePhase")]
public enum NodePhase
{
    /// <summary>Known from the store, its agent has not been heard since.</summary>
    Joining,
    Ready,
    /// <summary>A heartbeat is overdue, the lease still holds: nothing new is placed.</summary>
    Suspect,
    Cordoned,
    Draining,
    /// <summary>The lease ran out: its attempts are fenced and end as <see cref="AttemptEndCause.LeaseExpired"/>.</summary>
    Lost,
}
