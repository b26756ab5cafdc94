using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Lepton.Agent.Processes;

/// <summary>
/// Tells when processes end, own children or not: one thread that waits on their pidfds. Where the kernel has none, or takes no more of
/// them, the same thread looks at their start times a few times a second.
/// </summary>
internal sealed class ExitWatch : IExitWatch, IDisposable
{
    private const int Readable = 1;
    private const int OneShot = 1 << 30;
    private const int Add = 1;
    private const int LookEveryMs = 100;

    // struct epoll_event { u32 events; u64 data; } is packed on x86-64 only.
    private static readonly int s_dataAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int s_stride = s_dataAt + 8;

    private readonly ConcurrentDictionary<int, TaskCompletionSource> _byPidfd = [];
    private readonly ConcurrentDictionary<ProcessIdentity, TaskCompletionSource> _withoutPidfd = [];
    private readonly int _epoll;
    private volatile bool _stop;

    public ExitWatch()
    {
        _epoll = Native.EpollCreate(0x80000 /* close on exec */);
        if (_epoll < 0) throw new PlatformNotSupportedException($"epoll cannot be used (errno {Marshal.GetLastPInvokeError()}).");
        new Thread(Loop) { IsBackground = true, Name = "exit-watch" }.Start();
    }

    /// <summary>Completes when the process has ended. Keeps the pidfd open until then, so that a signal by it hits nobody else.</summary>
    public Task Watch(ProcessIdentity process, int? pidfd)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (pidfd is { } fd)
        {
            _byPidfd[fd] = done;
            if (Register(fd)) return done.Task;
            _byPidfd.TryRemove(fd, out _);      // too many are watched: this one is looked at instead
            Native.Close(fd);
        }
        if (_withoutPidfd.TryAdd(process, done)) return done.Task;
        return _withoutPidfd.TryGetValue(process, out var other) ? other.Task : Task.CompletedTask;
    }

    public void Dispose() => _stop = true;      // the thread sees it within a second and closes what is open

    private unsafe bool Register(int fd)
    {
        var happening = stackalloc byte[16];
        *(uint*)happening = Readable | OneShot;
        *(long*)(happening + s_dataAt) = fd;
        return Native.EpollControl(_epoll, Add, fd, happening) == 0;
    }

    private unsafe void Loop()
    {
        const int Max = 64;
        var happenings = stackalloc byte[Max * 16];
        while (!_stop)
        {
            var count = Native.EpollWait(_epoll, happenings, Max, _withoutPidfd.IsEmpty ? 1000 : LookEveryMs);
            for (var i = 0; i < count; i++) Ended((int)*(long*)(happenings + (i * s_stride) + s_dataAt));
            foreach (var (process, done) in _withoutPidfd)
            {
                if (MayLive(process)) continue;
                _withoutPidfd.TryRemove(process, out _);
                done.TrySetResult();
            }
        }
        foreach (var fd in _byPidfd.Keys) Native.Close(fd);
        Native.Close(_epoll);
    }

    /// <summary>Who cannot be looked at for lack of descriptors is not taken for ended.</summary>
    private static bool MayLive(ProcessIdentity process)
    {
        try
        {
            return ProcStat.Read(process.Pid, sure: true) is { IsLiving: true } stat && stat.StartTicks == process.StartTicks;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private void Ended(int fd)
    {
        if (!_byPidfd.TryRemove(fd, out var done)) return;
        Native.Close(fd);
        done.TrySetResult();
    }
}
