using Lepton.Agent.Containers;
using Lepton.Agent.Devices;
using Lepton.Agent.Logs;
using Lepton.Agent.Processes;
using Lepton.Model;

namespace Lepton.Agent.Attempts;

/// <summary>
/// One attempt from its assignment to its end: prepare, start, follow, wait, sweep, keep what is worth keeping, report. The end is reported
/// only when nothing of the attempt lives: its resources may then be used again.
/// </summary>
internal sealed class AttemptRun(Assignment assignment, AttemptFolder folder, AttemptTools tools, IAttemptReports reports) : IDisposable
{
    /// <summary>Before a region that did not take a piece of log is tried again.</summary>
    private static readonly TimeSpan s_logPause = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopped = new();
    private readonly MetricsFile _metrics = new(folder.Metrics);
    private readonly LogShipper _log = new(assignment.Attempt, folder.Log, tools.Data, tools.LogBudget, tools.LogLimits);
    private long? _oomKillsBefore;
    private StopAsked? _stop;
    private Stopper? _stopper;
    private IHeldDevices? _devices;
    private AttemptUsage? _used;
    private ContainerState? _inContainer;

    public AttemptId Attempt => assignment.Attempt;

    /// <summary>Its end was reported: nothing of it lives.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Prepares and starts the command, and sees it to its end.</summary>
    public Task Begin() => ToTheEnd(async () =>
    {
        var launch = await Prepared();
        if (launch is null) return Stopped(null, null);
        if (await DeviceRefusal() is { } refusal) return EndWith(AttemptEndCause.NotStarted, null, refusal);
        ProcessHandle process;
        await tools.LaunchGate.WaitAsync();
        try
        {
            if (_stopped.IsCancellationRequested) return Stopped(null, null);
            process = tools.Launcher.Start(launch);
        }
        finally
        {
            tools.LaunchGate.Release();
        }
        _oomKillsBefore = OomKills.Count();
        var startedAt = tools.Clock.GetUtcNow();
        reports.Started(Attempt, startedAt);
        return await Supervised(process, startedAt);
    });

    /// <summary>Takes over a process that an earlier agent started; it may have ended meanwhile.</summary>
    public Task Adopt(ProcessHandle process) => ToTheEnd(async () =>
    {
        await Resume();
        return await Supervised(process, StartOf(process.Identity));
    });

    /// <summary>Asks the attempt to end with this cause; null grace = at once. Safe to repeat; the first cause stands.</summary>
    public void Stop(AttemptEndCause cause, TimeSpan? grace) => Stop(cause, grace, null);

    /// <param name="why">In words, when more is known than the cause.</param>
    private void Stop(AttemptEndCause cause, TimeSpan? grace, string? why)
    {
        lock (_gate)
        {
            _stop ??= new StopAsked(cause, why);
            _stopper?.Stop(grace);
            if (_stopper is null) _stop.Grace = grace;
        }
        _stopped.Cancel();
    }

    public void Dispose() => _stopped.Dispose();

    /// <summary>When the process of an identity began, on the agent's clock.</summary>
    private DateTimeOffset StartOf(ProcessIdentity identity) =>
        tools.Clock.At(TimeSpan.FromSeconds((double)identity.StartTicks / ProcStat.TicksPerSecond));

    private async Task ToTheEnd(Func<Task<AttemptEnd>> run)
    {
        AttemptEnd end;
        try
        {
            end = await run();
        }
        catch (Exception failure)
        {
            if (failure is not PreparationException) AttemptEvents.Failed(tools.Log, Attempt, failure);
            end = AttemptEnd.Bare(AttemptEndCause.Internal, DiskTrouble.Explained(failure, tools.StateFolder), tools.Clock.GetUtcNow());
            await Gone(null, end.EndedAt);
        }
        end = end with { Usage = _used };
        try
        {
            folder.SaveEnd(end);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            AttemptEvents.EndNotWritten(tools.Log, Attempt, failure);
        }
        IsOver = true;
        reports.Ended(Attempt, end);
    }

    /// <summary>Null when it was stopped meanwhile.</summary>
    private async Task<Launch?> Prepared()
    {
        try
        {
            folder.Create(assignment);
            return await new Preparation(tools).Prepare(assignment, folder, _stopped.Token);
        }
        catch (Exception) when (_stopped.IsCancellationRequested)
        {
            return null;        // whatever went wrong, it was not wanted any more
        }
    }

    /// <summary>In words who is still on the devices granted here; null when nobody is, or when it was stopped meanwhile.</summary>
    private async Task<string?> DeviceRefusal()
    {
        try
        {
            return await tools.Devices.Refusal(assignment, _stopped.Token);
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Nothing of the attempt lives, and no device lists it any more: only then is what it held free.</summary>
    private async Task Gone(ProcessIdentity? shim, DateTimeOffset endedAt)
    {
        var group = tools.Cgroups?.Of(Attempt);
        group?.Kill();
        if (AttemptContainer.Of(folder) is { } container) await container.Removed(tools.Log);       // before the sweep: the engine's own helpers carry the mark too
        await tools.Sweeper.Gone(Attempt, shim);
        if (_devices is { } devices) _used = await devices.Release(endedAt);
    }

    private async Task<AttemptEnd> Supervised(ProcessHandle process, DateTimeOffset startedAt)
    {
        _devices = tools.Devices.Hold(assignment, folder, process.Identity, startedAt, why => Stop(AttemptEndCause.OutOfMemory, null, why));
        lock (_gate)
        {
            _stopper = new Stopper(process, AttemptContainer.Of(folder) is { } inContainer ? inContainer.AskedToStop : null);
            if (_stop is not null) _stopper.Stop(_stop.Grace);
        }
        await Follow(process);
        var endedAt = tools.Clock.GetUtcNow();
        if (AttemptContainer.Of(folder) is { } container) _inContainer = await container.Inspect();
        await Gone(process.Identity, endedAt);
        ReadMetrics();
        var end = await Ended(process, startedAt, endedAt);
        tools.Cgroups?.Of(Attempt).Remove();
        return end;
    }

    /// <summary>Metrics and log while the process runs.</summary>
    private async Task Follow(ProcessHandle process)
    {
        using var over = new CancellationTokenSource();
        var shipping = Task.CompletedTask;
        while (!process.Exited.IsCompleted)
        {
            await Task.WhenAny(process.Exited, Task.Delay(tools.LogLimits.LookEvery, over.Token));
            if (process.Exited.IsCompleted) break;
            if (ReadMetrics()) reports.Reported(Attempt, _metrics.Values);
            if (shipping.IsCompleted) shipping = ShipLog(over.Token);       // at most one at a time, and none hurries a region that is away
        }
        await over.CancelAsync();
        await shipping;
    }

    private bool ReadMetrics()
    {
        try
        {
            return _metrics.Read();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return false;       // the task's own file: whatever it did to it, the attempt goes on
        }
    }

    private async Task ShipLog(CancellationToken cancel)
    {
        try
        {
            await _log.Ship(cancel);
        }
        catch (Exception failure) when (failure is OperationCanceledException or InvalidDataException or InvalidOperationException or UnauthorizedAccessException || Data.Patience.IsPassing(failure))
        {
            AttemptEvents.LogWaits(tools.Log, Attempt, failure);
            await Task.Delay(s_logPause, cancel).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private async Task Resume()
    {
        try
        {
            using var limit = new CancellationTokenSource(tools.LogLimits.LastWords);
            await _log.Resume(limit.Token);
        }
        catch (Exception failure) when (failure is OperationCanceledException or InvalidDataException || Data.Patience.IsPassing(failure))
        {
            AttemptEvents.LogFromStart(tools.Log, Attempt, failure);
        }
    }

    private async Task<AttemptEnd> Ended(ProcessHandle process, DateTimeOffset startedAt, DateTimeOffset endedAt)
    {
        var logNote = _log.Finish();
        var exit = _inContainer is { HasEnded: true, ExitCode: var own } && folder.ReadExit() is not null ? own : folder.ReadExit();
        var stop = _stop;
        var end = stop is not null ? Stopped(exit, startedAt)
            : folder.LeaseRanOut ? EndWith(AttemptEndCause.LeaseExpired, exit, "the lease of the machine ran out and its shim ended the task")
            : exit is null ? Vanished(process)
            : exit == 0 ? await new Outputs(tools).Keep(assignment, folder, _stopped.Token)
            : _inContainer is { OomKilled: true } ? EndWith(AttemptEndCause.OutOfMemory, exit, $"killed by the kernel in its container: more than {assignment.Run.Template.Demand.Capacity.MemoryBytes / 1048576.0:0.#} MiB of memory were used. Maybe ask for more memory.")
            : EngineFailed(exit.Value) ? EndWith(AttemptEndCause.Internal, exit, $"the container engine could not run it: {ExitText.Of(exit.Value, "run", folder.Log)}")
            : _inContainer is { IsRunning: true } ? EndWith(AttemptEndCause.NodeLost, exit, $"the container engine's client ended ({ExitText.Of(exit.Value, "run", folder.Log)}) while the container ran, and it was removed: not the program's doing. Maybe the engine was restarted.")
            : RanOutOfGroup() ? EndWith(AttemptEndCause.OutOfMemory, exit, $"killed by the kernel: more than {assignment.Run.Template.Demand.Capacity.MemoryBytes / 1048576.0:0.#} MiB of memory were used. Maybe ask for more memory.")
            : RanOutOfMemory(exit) ? EndWith(AttemptEndCause.OutOfMemory, exit, "killed while the kernel was killing for lack of memory. Maybe ask for more memory.")
            : EndWith(AttemptEndCause.ExitNonZero, exit, ExitText.Of(exit.Value, assignment.Run.Template.Command[0], folder.Log));
        if (stop is null && _stop is not null && end.Cause == AttemptEndCause.Internal) end = Stopped(exit, startedAt);       // stopped while outputs were kept
        end = end with { StartedAt = startedAt, EndedAt = endedAt, Metrics = _metrics.Values };
        if (end.Cause is not (AttemptEndCause.Completed or AttemptEndCause.Cancelled or AttemptEndCause.Superseded))
            end = await WithCheckpoint(end);
        return await logNote is { } note ? end with { Message = Joined(end.Message, note) } : end;
    }

    private async Task<AttemptEnd> WithCheckpoint(AttemptEnd end)
    {
        var (reference, note) = await new Checkpoints(tools.Data, tools.Node.Region, assignment.Run.Template.Residency).Keep(folder, tools.KeepingIsOver.Token);
        return end with { CheckpointRef = reference, Message = note is null ? end.Message : Joined(end.Message, note) };
    }

    /// <summary>The engine's client came back with its own code, not with one of the command: there is no container, or one that never ran and not for lack of the program.</summary>
    private bool EngineFailed(int exit) =>
        assignment.Run.Template.Image is not null && (_inContainer is null ? exit == 125 : _inContainer.NeverRan && exit is not (126 or 127));

    /// <summary>The kernel killed in the attempt's own control group.</summary>
    private bool RanOutOfGroup() => tools.Cgroups?.Of(Attempt) is { RanOutOfMemory: true };

    /// <summary>Killed by SIGKILL, not by us, and the kernel killed somebody for lack of memory since the start: as good as it gets without a control group.</summary>
    private bool RanOutOfMemory(int? exit) =>
        ExitText.SignalOf(exit) == Native.SigKill && _oomKillsBefore is { } before && OomKills.Count() > before;

    private AttemptEnd Vanished(ProcessHandle process) => process.Identity.BootId != ProcessIdentity.ThisBoot
        ? EndWith(AttemptEndCause.NodeLost, null, "the machine was restarted")
        : EndWith(AttemptEndCause.NodeLost, null, "the processes of the task vanished without an exit code: not the program's doing. Maybe the machine was out of memory, or somebody killed them.");

    private AttemptEnd Stopped(int? exit, DateTimeOffset? startedAt) => EndWith(
        _stop?.Cause ?? AttemptEndCause.Internal,
        exit,
        _stop?.Why ?? (startedAt is null ? "stopped before it was started" : exit is { } code ? $"stopped, exit code {code}" : "stopped, killed"));

    private AttemptEnd EndWith(AttemptEndCause cause, int? exit, string message) =>
        AttemptEnd.Bare(cause, message, tools.Clock.GetUtcNow()) with { ExitCode = exit, Signal = ExitText.SignalOf(exit) };

    private static string Joined(string message, string note) => message.Length == 0 ? note : $"{message}; {note}";

    private sealed class StopAsked(AttemptEndCause cause, string? why)
    {
        public AttemptEndCause Cause => cause;

        public string? Why => why;

        public TimeSpan? Grace { get; set; }
    }
}
