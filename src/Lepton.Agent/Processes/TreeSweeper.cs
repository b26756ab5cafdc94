using System.Threading.Channels;
using Lepton.Model;
using Microsoft.Extensions.Logging;

namespace Lepton.Agent.Processes;

/// <summary>
/// Makes sure that nothing of an ended attempt lives: kills what is left of its session and whoever left the session but carries the
/// mark of the attempt, and waits until they are gone. Asks that come together share one pass over /proc.
/// </summary>
/// <remarks>
/// A pass that fails proves nothing: it is repeated, and nobody is told that anything is gone. Limits: a process that left the session and cleaned its environment is not found; only a control group could.
/// </remarks>
internal sealed class TreeSweeper : IAsyncDisposable
{
    private static readonly TimeSpan s_patienceBeforeWarning = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromMilliseconds(500);

    private readonly Channel<Wanted> _wanted = Channel.CreateUnbounded<Wanted>(new() { SingleReader = true });
    private readonly Lazy<Task> _loop;
    private readonly IExitWatch _watch;
    private readonly ILogger _log;
    private TimeSpan _lastPass;

    public TreeSweeper(IExitWatch watch, ILogger log)
    {
        (_watch, _log) = (watch, log);
        _loop = new Lazy<Task>(() => Task.Run(Loop));       // exactly one, however many ask first: the channel bears a single reader
    }

    /// <summary>Completes when no process of the attempt lives. Without an identity only the mark counts.</summary>
    public Task Gone(AttemptId attempt, ProcessIdentity? shim)
    {
        _ = _loop.Value;
        var wanted = new Wanted(attempt, shim is { } s && s.BootId == ProcessIdentity.ThisBoot ? s : null);
        _ = _wanted.Writer.TryWrite(wanted);        // refused when the agent goes down: then nobody is told that it is gone
        return wanted.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _wanted.Writer.TryComplete();
        if (_loop.IsValueCreated) await _loop.Value;
    }

    private async Task Loop()
    {
        var open = new List<Wanted>();
        while (await _wanted.Reader.WaitToReadAsync())
        {
            while (_wanted.Reader.TryRead(out var next)) open.Add(next);
            await SweepUntilGone(open);
            open.Clear();
            // Ends that come fast share a pass: walking over /proc takes at most a quarter of a core, however many tasks end.
            await Task.Delay(_lastPass * 3 < s_longestPause ? _lastPass * 3 : s_longestPause);
        }
    }

    private async Task SweepUntilGone(List<Wanted> open)
    {
        var since = TimeProvider.System.GetTimestamp();
        var failing = false;
        while (open.Count > 0)
        {
            if (TryPass(open, ref failing) is { } killed)
            {
                foreach (var wanted in open.Where(w => !w.Found)) wanted.Done.TrySetResult();
                open.RemoveAll(w => !w.Found);
                if (killed.Count > 0) await Task.WhenAny(Task.WhenAll(killed), Task.Delay(s_patienceBeforeWarning));
                else if (open.Count > 0) await Task.Delay(50);
            }
            else
            {
                if (_wanted.Reader.Completion.IsCompleted) return;      // the agent goes down, and nobody listens any more
                await Task.Delay(s_pauseAfterFailure);
            }
            if (open.Count > 0 && TimeProvider.System.GetElapsedTime(since) > s_patienceBeforeWarning)
            {
                Attempts.AttemptEvents.DoNotEnd(_log, string.Join(", ", open.Select(w => w.Attempt)));
                since = TimeProvider.System.GetTimestamp();
            }
            while (_wanted.Reader.TryRead(out var next)) open.Add(next);
        }
    }

    /// <summary>Null when the pass failed: what is open stays open. Says so once until a pass succeeds again.</summary>
    private List<Task>? TryPass(List<Wanted> open, ref bool failing)
    {
        try
        {
            var killed = Pass(open);
            failing = false;
            return killed;
        }
        catch (Exception failure)
        {
            if (!failing) Attempts.AttemptEvents.SweepFailed(_log, failure);
            failing = true;
            return null;
        }
    }

    /// <summary>One walk over /proc: kills what belongs to the wanted ones, returns the ends to wait for.</summary>
    private List<Task> Pass(List<Wanted> open)
    {
        var since = TimeProvider.System.GetTimestamp();
        var killed = new List<Task>();
        var byMark = new Dictionary<string, Wanted>(StringComparer.Ordinal);
        var bySession = new Dictionary<int, Wanted>();
        foreach (var wanted in open)
        {
            wanted.Found = false;
            byMark[wanted.Attempt.ToString()] = wanted;
            if (wanted.Shim is { } shim && !Reused(shim)) bySession[shim.Pid] = wanted;
        }
        // Nothing of an attempt is older than its shim; most processes of a machine are passed over without reading more of them.
        var earliest = open.Min(w => w.Shim?.StartTicks ?? 0);
        foreach (var pid in ProcFile.Pids())
        {
            if (ProcStat.Read(pid, sure: true) is not { IsLiving: true } stat || stat.StartTicks < earliest) continue;
            var owner = bySession.GetValueOrDefault(stat.Session)
                ?? (ProcFile.Variable(pid, ProcessIdentity.Marker, sure: true) is { } mark ? byMark.GetValueOrDefault(mark) : null);
            if (owner is null) continue;
            owner.Found = true;
            if (Kill(stat) is { } end) killed.Add(end);
        }
        _lastPass = TimeProvider.System.GetElapsedTime(since);
        return killed;
    }

    /// <summary>Has another process taken the number of the shim, and with it the number of the session?</summary>
    private static bool Reused(ProcessIdentity shim) => ProcStat.Read(shim.Pid, sure: true) is { } now && now.StartTicks != shim.StartTicks;

    private Task? Kill(ProcStat stat)
    {
        var identity = new ProcessIdentity(ProcessIdentity.ThisBoot, stat.Pid, stat.StartTicks);
        if (Native.OpenPidfd(stat.Pid) is not { } pidfd)
        {
            if (ProcStat.Read(stat.Pid)?.StartTicks == stat.StartTicks) Native.Kill(stat.Pid, Native.SigKill);
            return _watch.Watch(identity, null);
        }
        // The number may have changed hands before the pidfd was opened: look again, now that it cannot any more.
        if (ProcStat.Read(stat.Pid)?.StartTicks == stat.StartTicks && Native.Signal(pidfd, Native.SigKill)) return _watch.Watch(identity, pidfd);
        Native.Close(pidfd);
        return null;
    }

    private sealed class Wanted(AttemptId attempt, ProcessIdentity? shim)
    {
        public AttemptId Attempt => attempt;

        public ProcessIdentity? Shim => shim;

        public bool Found { get; set; }

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
