using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Lepton.Agent.Containers;
using Lepton.Agent.Processes;
using Lepton.Model;

namespace Lepton.Agent.Attempts;

/// <summary>All attempts that this agent runs in processes.</summary>
internal sealed class AttemptHost(AttemptTools tools, IAttemptReports reports) : IAttemptHost
{
    private readonly ConcurrentDictionary<AttemptId, AttemptRun> _runs = [];
    private readonly ConcurrentDictionary<AttemptId, AttemptFolder> _folders = [];
    private readonly ConcurrentDictionary<Task, bool> _background = [];

    /// <summary>Does no attempt run that is not over?</summary>
    public bool IsIdle => _runs.Values.All(run => run.IsOver);

    public void Start(Assignment assignment)
    {
        if (New(assignment, AttemptFolder.Of(tools.StateFolder, assignment.Attempt)) is { } run) Background(run.Begin);
    }

    public void Stop(AttemptId attempt, AttemptEndCause cause, TimeSpan? grace)
    {
        if (_runs.TryGetValue(attempt, out var run)) run.Stop(cause, grace);
    }

    public void KeepUntil(DateTimeOffset until)
    {
        var left = until - tools.Clock.GetUtcNow();
        if (left > TimeSpan.Zero) tools.KeepingIsOver.CancelAfter(left);
        else tools.KeepingIsOver.Cancel();
    }

    public void Forget(AttemptId attempt)
    {
        if (!_folders.TryRemove(attempt, out var folder)) return;       // ran inside the agent: nothing is on disk
        if (_runs.TryRemove(attempt, out var run)) run.Dispose();
        Background(() => Delete(folder));
    }

    /// <summary>
    /// What an earlier agent left: attempts that live or have an end to report are returned, and supervised once <paramref name="adopt"/>
    /// has taken note of them. Folders of attempts that never had a process are removed, after a look for processes that carry their mark.
    /// </summary>
    public async Task Recover(Action<Assignment, DateTimeOffset?, AttemptEnd?> adopt)
    {
        foreach (var folder in AttemptFolder.All(tools.StateFolder))
        {
            if (folder.ReadAssignment() is not { } assignment)
            {
                await Delete(folder);
            }
            else if (folder.ReadEnd() is { } end)
            {
                _folders[assignment.Attempt] = folder;
                adopt(assignment, end.StartedAt, end);
            }
            else if (ProcessIdentity.Read(folder.Pid) is { } identity)
            {
                adopt(assignment, StartOf(identity), null);
                var process = identity.Lives(assignment.Attempt)
                    ? ProcessHandle.Follow(assignment.Attempt, identity, tools.Exits)
                    : ProcessHandle.Ended(assignment.Attempt, identity);
                if (New(assignment, folder) is { } run) Background(() => run.Adopt(process));
            }
            else
            {
                if (AttemptContainer.Of(folder) is { } container) await container.Removed(tools.Log);
                await tools.Sweeper.Gone(assignment.Attempt, null);
                await Delete(folder);
            }
        }
        if (tools.Containers is { } engine) await engine.RemoveStrays(_folders.Keys.Select(AttemptContainer.NameOf).ToHashSet(StringComparer.Ordinal), tools.Log);
    }

    /// <summary>Waits for work under way: ends that are being reported, folders that are being removed.</summary>
    public Task Drained() => Task.WhenAll(_background.Keys);

    private DateTimeOffset? StartOf(ProcessIdentity identity) => identity.BootId == ProcessIdentity.ThisBoot
        ? tools.Clock.At(TimeSpan.FromSeconds((double)identity.StartTicks / ProcStat.TicksPerSecond))
        : null;

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "Disposed in Forget.")]
    private AttemptRun? New(Assignment assignment, AttemptFolder folder)
    {
        var run = new AttemptRun(assignment, folder, tools, reports);
        if (_runs.TryAdd(assignment.Attempt, run))
        {
            _folders[assignment.Attempt] = folder;
            return run;
        }
        run.Dispose();
        return null;
    }

    private void Background(Func<Task> work)
    {
        var task = Task.Run(work);
        _background[task] = true;
        _ = task.ContinueWith(
            done =>
            {
                _background.TryRemove(done, out _);
                if (done.Exception is { } failure) AttemptEvents.Stuck(tools.Log, failure);
            },
            TaskScheduler.Default);
    }

    private async Task Delete(AttemptFolder folder)
    {
        for (var left = 3; ; left--)
        {
            try
            {
                folder.Delete();
                return;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                if (left == 0)
                {
                    AttemptEvents.FolderStays(tools.Log, folder.Path, failure);
                    return;
                }
                await Task.Delay(200);
            }
        }
    }
}
