namespace Lepton.Scheduling.StateMachines.Jobs;

/// <summary>What a job remembers of one task: one byte, whatever the size of the array.</summary>
internal enum TaskMark : byte
{
    /// <summary>No outcome is known; there may or may not be a row.</summary>
    Open,
    Succeeded,
    Failed,

    /// <summary>By its own row, or derived: it never left the queue.</summary>
    Cancelled,
}
