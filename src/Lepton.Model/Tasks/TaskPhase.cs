using Orleans;

namespace Lepton.Model;

/// <summary>State of a task as users see it. The terminal ones come last.</summary>
[GenerateSerializer, Alias("TaskPhase")]
public enum TaskPhase
{
    Pending,
    Leased,
    Starting,
    Running,
    Unreachable,
    Migrating,
    Suspended,
    Stopping,
    Succeeded,
    Failed,
    Cancelled,
    Preempted,
    TimedOut,
    Rejected,
}

/// <summary>Questions about a <see cref="TaskPhase"/>.</summary>
public static class TaskPhases
{
    public static bool IsTerminal(this TaskPhase phase) => phase >= TaskPhase.Succeeded;
}
