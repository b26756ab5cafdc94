using Lepton.Agent.Processes;
using Lepton.Model;

namespace Lepton.Agent.Devices.Watching;

/// <summary>Whose process a device lists: found by session, else by the mark of its attempt; remembered, because the dead tell nothing.</summary>
internal sealed class ProcessOwners
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, (long StartTicks, string? Attempt)> _known = [];
    private readonly Dictionary<int, (long StartTicks, string Attempt)> _sessions = [];

    /// <summary>Whoever is in the session of this shim belongs to the attempt.</summary>
    public void Follow(ProcessIdentity shim, AttemptId attempt)
    {
        lock (_gate) _sessions[shim.Pid] = (shim.StartTicks, attempt.ToString());
    }

    public void Unfollow(ProcessIdentity shim)
    {
        lock (_gate) _sessions.Remove(shim.Pid);
    }

    public ProcessOwner Of(int pid)
    {
        // 0: a process of another PID namespace, of whom nothing can be said.
        if (pid <= 0) return new ProcessOwner(pid, IsAlive: true, null);
        var stat = ProcStat.Read(pid);
        lock (_gate)
        {
            if (stat is not { IsLiving: true } living) return new ProcessOwner(pid, IsAlive: false, _known.GetValueOrDefault(pid).Attempt);
            if (_known.TryGetValue(pid, out var known) && known.StartTicks == living.StartTicks && known.Attempt is not null)
                return new ProcessOwner(pid, IsAlive: true, known.Attempt);
            var attempt = _sessions.TryGetValue(living.Session, out var session) && living.StartTicks >= session.StartTicks
                ? session.Attempt
                : ProcFile.Variable(pid, ProcessIdentity.Marker);
            _known[pid] = (living.StartTicks, attempt);
            return new ProcessOwner(pid, IsAlive: true, attempt);
        }
    }

    /// <summary>Forgets processes that no device lists any more.</summary>
    public void Keep(IReadOnlySet<int> listed)
    {
        lock (_gate)
        {
            foreach (var pid in _known.Keys.Where(p => !listed.Contains(p)).ToList()) _known.Remove(pid);
        }
    }
}

/// <summary>A listed process and the attempt it belongs to; null: none of ours.</summary>
internal readonly record struct ProcessOwner(int Pid, bool IsAlive, string? Attempt)
{
    /// <summary>Listed and dead, and nobody knows whose it was: its memory is not back yet.</summary>
    public bool IsUnknownDead => !IsAlive && Attempt is null && Pid > 0;
}
