using Lepton.Model;

namespace Lepton.Agent.Processes;

/// <summary>A shim and its session: own child or adopted from an agent that is gone.</summary>
internal sealed class ProcessHandle
{
    private ProcessHandle(AttemptId attempt, ProcessIdentity identity, Task exited)
    {
        Attempt = attempt;
        Identity = identity;
        Exited = exited;
    }

    public AttemptId Attempt { get; }

    public ProcessIdentity Identity { get; }

    /// <summary>Completes when the shim has ended; members of its session may still live then, see <see cref="TreeSweeper"/>.</summary>
    public Task Exited { get; }

    /// <summary>Follows a process by its identity. One that is not there any more has exited.</summary>
    public static ProcessHandle Follow(AttemptId attempt, ProcessIdentity identity, ExitWatch watch)
    {
        var pidfd = Native.OpenPidfd(identity.Pid);
        // Looked at after the pidfd is open: what is alive and right now is what the pidfd stands for.
        var alive = ProcStat.Read(identity.Pid) is { IsLiving: true } stat && stat.StartTicks == identity.StartTicks;
        if (alive) return new ProcessHandle(attempt, identity, watch.Watch(identity, pidfd));
        if (pidfd is { } unused) Native.Close(unused);
        return new ProcessHandle(attempt, identity, Task.CompletedTask);
    }

    /// <summary>A process that is known to be gone.</summary>
    public static ProcessHandle Ended(AttemptId attempt, ProcessIdentity identity) => new(attempt, identity, Task.CompletedTask);

    /// <summary>
    /// Signals the group of the shim: the command and what it started, as long as they did not leave it. In the first moment of its life
    /// the shim has no group yet, and no command: then it is signalled alone.
    /// </summary>
    public bool SignalGroup(int signal) =>
        !Exited.IsCompleted
        && ProcStat.Read(Identity.Pid) is { } stat && stat.StartTicks == Identity.StartTicks
        && (Native.Kill(-Identity.Pid, signal) || Native.Kill(Identity.Pid, signal));
}
