using Lepton.Agent.Processes;
using Lepton.Agent.Tests.Kit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lepton.Agent.Tests.Processes;

/// <summary>Sweeps on a machine that lacks what it takes to watch.</summary>
public sealed class SweepTests : IAsyncDisposable
{
    private readonly Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_pass_that_fails_is_repeated_and_tells_nobody_that_anything_is_gone()
    {
        var watch = new FailingWatch(_bench.Exits);
        await using var sweeper = new TreeSweeper(watch, NullLogger.Instance);
        var (first, second) = (_bench.NewAttempt(), _bench.NewAttempt());
        var one = _bench.Launch(first, TimeSpan.FromSeconds(1), "sleep", "600");
        var two = _bench.Launch(second, TimeSpan.FromSeconds(1), "sleep", "600");

        var gone = sweeper.Gone(first, one.Identity);
        await Within.So(() => watch.Failures > 0, "the first pass has failed");
        var alsoGone = sweeper.Gone(second, two.Identity);
        await Within.Limit(Task.WhenAll(gone, alsoGone), "both to be told gone by later passes");

        Assert.False(ProcStat.Read(one.Identity.Pid) is { IsLiving: true });
        Assert.False(ProcStat.Read(two.Identity.Pid) is { IsLiving: true });
        await Within.Limit(sweeper.Gone(_bench.NewAttempt(), null), "a sweep that comes later");
    }

    [Fact]
    public async Task Who_cannot_be_registered_is_looked_at_instead()
    {
        var attempt = _bench.NewAttempt();
        var process = _bench.Launch(attempt, TimeSpan.FromSeconds(1), "sleep", "600");

        var ended = _bench.Exits.Watch(process.Identity, int.MaxValue);      // no such descriptor: epoll refuses it
        Assert.False(ended.IsCompleted);
        new Stopper(process).Stop(null);

        await Within.Limit(ended, "the end of a process without a registration");
    }

    /// <summary>Out of descriptors at first; the pidfd is closed as the contract says.</summary>
    private sealed class FailingWatch(ExitWatch real) : IExitWatch
    {
        private int _failures;

        public int Failures => Volatile.Read(ref _failures);

        public Task Watch(ProcessIdentity process, int? pidfd)
        {
            if (Failures > 0) return real.Watch(process, pidfd);
            Interlocked.Increment(ref _failures);
            if (pidfd is { } fd) Native.Close(fd);
            throw new IOException("A pidfd cannot be watched.");
        }
    }
}
