using Orleans;

namespace Lepton.Model;

/// <summary>How far a device can be trusted. Only a healthy one gets new work; a suspect one keeps what it has.</summary>
[GenerateSerializer, Alias("DevicePhase")]
public enum DevicePhase
{
    Healthy,
    Suspect,

    /// <summary>No new work; what runs gets its checkpoint window and leaves.</summary>
    Draining,

    /// <summary>Out of reach: everything granted on it is fenced at once.</summary>
    Lost,

    /// <summary>Answers again under the same UUID; waits for its context check.</summary>
    Recovering,
}
