using Lepton.Agent.Processes;

namespace Lepton.Agent;

/// <summary>Knows whether the process without which the agent is not wanted still lives.</summary>
internal sealed class ParentWatch(int? pid, ExitWatch exits)
{
    private readonly Task? _gone = pid is { } id ? Watch(id, exits) : null;

    public bool IsGone => _gone is { IsCompleted: true };

    private static Task Watch(int pid, ExitWatch exits)
    {
        var pidfd = Native.OpenPidfd(pid);
        if (ProcStat.Read(pid) is { IsLiving: true } stat)
            return exits.Watch(new ProcessIdentity(ProcessIdentity.ThisBoot, pid, stat.StartTicks), pidfd);
        if (pidfd is { } unused) Native.Close(unused);
        return Task.CompletedTask;
    }
}
