using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.StateMachines.Agents;

/// <content>Attempts: taken, started, stopped, ended.</content>
public sealed partial class AgentMachine
{
    private readonly HashSet<TaskId> _aliveTasks = [];

    /// <summary>Attempts that wait to be started: while there are none, an end costs nothing however many are held.</summary>
    private int _waiting;

    /// <summary>The runtime has started the process.</summary>
    public void Started(AttemptId attempt, DateTimeOffset startedAt, AgentEffects fx)
    {
        if (!_held.TryGetValue(attempt, out var held) || held.End is not null || held.StartedAt is not null) return;
        held.StartedAt = startedAt;
        Hurry(fx);
    }

    /// <summary>The program has reported figures; they travel with the next beat.</summary>
    public void Reported(AttemptId attempt, ImmutableArray<MetricValue> values)
    {
        if (_held.TryGetValue(attempt, out var held) && held.End is null && !values.IsDefault) held.Report(values);
    }

    /// <summary>The process is gone, with everything below it. If we had stopped it, it ended for our reason, unless it had finished by itself.</summary>
    public void Ended(AttemptId attempt, AttemptEnd end, Moment now, AgentEffects fx)
    {
        if (!_held.TryGetValue(attempt, out var held) || held.End is not null) return;
        End(held, held.StopCause is { } cause && end.Cause != AttemptEndCause.Completed ? end with { Cause = cause } : end);
        StartWhatMay(now, fx);
        Hurry(fx);
    }

    private void End(HeldAttempt held, AttemptEnd end)
    {
        Unwait(held);
        held.End = end with
        {
            StartedAt = end.StartedAt ?? held.StartedAt,
            Metrics = end.Metrics.IsDefaultOrEmpty ? held.Metrics : end.Metrics,
            Artifacts = end.Artifacts.IsDefault ? [] : end.Artifacts,
        };
    }

    private void Unwait(HeldAttempt held)
    {
        if (held.Waiting is null) return;
        held.Waiting = null;
        _waiting--;
    }

    private void Take(Assignment assignment)
    {
        // Held already: a second start is never right, whatever became of the first.
        if (_held.ContainsKey(assignment.Attempt) || IsLeaving) return;
        var template = assignment.Run.Template;
        _held.Add(assignment.Attempt, new HeldAttempt(assignment.Attempt, assignment.NodeEpoch, template.Demand.Capacity)
        {
            Waiting = assignment,
            Devices = assignment.Devices.OrEmpty(),
            TimeLimit = template.TimeLimit,
            Grace = template.Grace,
        });
        _waiting++;
    }

    /// <summary>Starts what waits, oldest first, where the machine is free for it: the node grants, but only the agent sees the processes.</summary>
    private void StartWhatMay(Moment now, AgentEffects fx)
    {
        if (_waiting == 0 || IsLeaving || IsReplaced || _deadline is not { } deadline || now.At >= deadline) return;
        var used = Capacity.Zero;
        _aliveTasks.Clear();
        foreach (var held in _held.Values)
        {
            if (!held.IsAlive) continue;
            used += held.Demand;
            _aliveTasks.Add(held.Attempt.Task);
        }

        foreach (var held in _held.Values)
        {
            if (held.Waiting is not { } assignment) continue;
            if (!_spec.Capacity.Fits(used + held.Demand) || _aliveTasks.Contains(held.Attempt.Task) || !HasDevicesFree(held)) continue;
            Unwait(held);
            used += held.Demand;
            _aliveTasks.Add(held.Attempt.Task);
            fx.Add(new StartAttempt(assignment));
        }
    }

    /// <summary>No process that still lives holds so much of a device of this attempt that both would hold more than there is.</summary>
    private bool HasDevicesFree(HeldAttempt waiting)
    {
        foreach (var grant in waiting.Devices)
        {
            var share = grant.ShareMilli;
            foreach (var other in _held.Values)
            {
                if (!other.IsAlive) continue;
                foreach (var taken in other.Devices)
                {
                    if (taken.Uuid == grant.Uuid) share += taken.ShareMilli;
                }
            }

            if (share > DeviceAsk.Whole) return false;
        }

        return true;
    }

    private void StopAll(AttemptEndCause cause, bool kill, Moment now, AgentEffects fx)
    {
        foreach (var held in _held.Values)
        {
            if (held.End is null) Stop(held, cause, kill ? null : held.Grace, now, fx);
        }
    }

    /// <summary>The first cause counts; a later order can only make it quicker.</summary>
    private void Stop(HeldAttempt held, AttemptEndCause cause, TimeSpan? grace, Moment now, AgentEffects fx)
    {
        if (held.End is not null) return;
        if (held.Waiting is not null)
        {
            // Never began: nothing was lost, so no retry is to be counted for what was not asked by a person.
            var why = cause is AttemptEndCause.Cancelled or AttemptEndCause.Superseded ? cause : AttemptEndCause.NotStarted;
            End(held, AttemptEnd.Bare(why, $"Attempt {held.Attempt} was stopped on {node} before it started ({cause}).", now.At));
            Hurry(fx);
            return;
        }

        if (held.StopCause is not null && (held.Killed || grace is not null)) return;
        held.StopCause ??= cause;
        held.Killed = grace is null;
        fx.Add(new StopAttempt(held.Attempt, held.StopCause.Value, grace));
    }
}
