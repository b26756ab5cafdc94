using Orleans;

namespace Lepton.Model;

/// <summary>State of a job, derived from its tasks.</summary>
[GenerateSerializer, Alias("JobPhase")]
public enum JobPhase
{
    Active,
    Cancelling,
    Succeeded,
    Failed,
    Cancelled,
}
