using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Estimation;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Queueing;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>How long a task runs, as far as anybody knows, and until when it may start.</content>
public sealed partial class RegionMachine
{
    private readonly RunTimeModel _runTimes = new();
    private readonly HashSet<TaskId> _missed = [];

    private RunTimeKey LearnsOf(WaitingTask task) => task.Run is { } run ? RunTimeKey.Of(RunTimeKey.ClassOf(run), run.Template.Demand)
        : _queue.Find(task.Task.Job)!.GroupOf(task.Task.Index).Learns;

    /// <summary>What its run time is learned under, with the model that it was granted here; in another region that is not known.</summary>
    private static RunTimeKey Granted(RunTimeKey learns, NodeEntry? node, ImmutableArray<DeviceGrant> grants) =>
        !grants.IsDefaultOrEmpty && node?.Devices.Find(grants[0].Uuid) is { } device ? learns.On(RunTimeKey.NameOf(device.Model, device.MigProfile)) : learns;

    /// <summary>Asked anew only when something was learned since.</summary>
    private RunTimeEstimate? EstimateOf(FreshGroup group, Moment now)
    {
        if (group.EstimatedAt == _runTimes.Learned) return group.Estimate;
        group.EstimatedAt = _runTimes.Learned;
        return group.Estimate = _runTimes.Predict(group.Learns, now.At);
    }

    /// <summary>How long it runs at most, as far as anybody knows: its limit, else what nine of ten runs like it took, else what its submitter expects.</summary>
    private static TimeSpan? BoundOf(TaskTemplate template, RunTimeEstimate? estimate)
    {
        var learned = estimate?.High ?? template.ExpectedRun;
        return template.TimeLimit is { } limit && (learned is null || limit < learned) ? limit : learned;
    }

    private bool HasMissed(TaskTemplate template, Moment now)
    {
        if (template.Deadline is not { } deadline) return false;
        if (deadline <= now.At) return true;
        WakeFor(deadline);
        return false;
    }

    /// <summary>It will not start any more: its task ends it and says so to the job.</summary>
    private void Miss(QueuedJob job, int index, string? restoreFrom, Effects effects)
    {
        var task = new TaskId(job.Job, index);
        _queue.TakeAgain(task);
        job.Move(index, TaskPlace.InFlight);
        _missed.Add(task);
        LeaveRoom(task);
        effects.Send(Address.Of(task), new MissDeadline(job.RunOf(index, restoreFrom)), SendMode.UntilAnswered);
        _left = Math.Max(0, _left - 1);
    }
}
