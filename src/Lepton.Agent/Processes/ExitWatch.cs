using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Lepton.Agent.Processes;

/// <summary>
/// Tells when processes end, own children or not: one thread that waits on their pidfds. Where the kernel has none, the same thread
/// looks at their start times a few times a second.
/// </summary>
internal sealed class ExitWatch : IDisposable
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
            Register(fd);
        }
        else if (!_withoutPidfd.TryAdd(process, done))
        {
            return _withoutPidfd.TryGetValue(process, out var other) ? other.Task : Task.CompletedTask;
        }
        return done.Task;
    }

    public void Dispose() => _stop = true;      // the thread sees it within a second and closes what is open

    private unsafe void Register(int fd)
    {
        var happening = stackalloc byte[16];
        *(uint*)happening = Readable | OneShot;
        *(long*)(happening + s_dataAt) = fd;
        if (Native.EpollControl(_epoll, Add, fd, happening) != 0)
            throw new IOException($"A pidfd cannot be watched (errno {Marshal.GetLastPInvokeError()}). Maybe the limit of open files is too low.");
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
                if (ProcStat.Read(process.Pid) is { IsLiving: true } stat && stat.StartTicks == process.StartTicks) continue;
                _withoutPidfd.TryRemove(process, out _);
                done.TrySetResult();
            }
        }
        foreach (var fd in _byPidfd.Keys) Native.Close(fd);
        Native.Close(_epoll);
    }

    private void Ended(int fd)
    {
        if (!_byPidfd.TryRemove(fd, out var done)) return;
        Native.Close(fd);
        done.TrySetResult();
    }
}
