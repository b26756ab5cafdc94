using Lepton.Model;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <summary>Another region's attempt that this region holds, queued or in flight.</summary>
internal sealed class Guest(AttemptId attempt, RunSpec run)
{
    public AttemptId Attempt => attempt;

    public RunSpec Run => run;

    /// <summary>Its owner has been silent too long; it was told to stop.</summary>
    public bool ToldOwnerLost { get; set; }
}
