using System.Collections.Immutable;
using System.Threading.Channels;
using Lepton.Agent.Attempts;
using Lepton.Agent.Devices;
using Lepton.Agent.Link;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Agents;
using Microsoft.Extensions.Logging;

namespace Lepton.Agent;

/// <summary>
/// The pump around the <see cref="AgentMachine"/>: everything that happens becomes an input, one at a time; what the machine wants done is done
/// outside, side by side.
/// </summary>
internal sealed class AgentLoop : IAttemptReports, IDeviceNews
{
    /// <summary>The clock is looked at this often at least: a machine that slept notices soon what has lapsed meanwhile.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(1);

    private readonly Channel<Action<Moment, AgentEffects>> _inbox =
        Channel.CreateUnbounded<Action<Moment, AgentEffects>>(new() { SingleReader = true });

    private readonly AgentEffects _effects = new();
    private readonly AgentMachine _machine;
    private readonly INodeLink _link;
    private readonly Action<DateTimeOffset> _renewDeadline;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private ulong _inputs;
    private bool? _reachable;

    public AgentLoop(AgentMachine machine, INodeLink link, Action<DateTimeOffset> renewDeadline, TimeProvider time, ILogger log)
    {
        (_machine, _link, _renewDeadline, _time, _log) = (machine, link, renewDeadline, time, log);
        link.Hinted = () => Post(machine.Hinted);
    }

    /// <summary>Who looks after devices in trouble.</summary>
    public Action<ImmutableArray<DeviceState>> Troubled { get; init; } = static _ => { };

    /// <summary>Asked after each step whether to end for a reason outside of the machine.</summary>
    public Func<AgentExit?> EndAnyway { get; init; } = static () => null;

    public void Started(AttemptId attempt, DateTimeOffset at) => Post((_, fx) => _machine.Started(attempt, at, fx));

    public void Reported(AttemptId attempt, ImmutableArray<MetricValue> metrics) => Post((_, _) => _machine.Reported(attempt, metrics));

    public void Ended(AttemptId attempt, AttemptEnd end) => Post((now, fx) => _machine.Ended(attempt, end, now, fx));

    public void Learnt(DeviceSignal signal) => Post((_, fx) => _machine.Sensed(signal, fx));

    public void Sampled(ImmutableArray<DeviceLoad> loads) => Post((_, _) => _machine.Swept(loads));

    public void Respecified(NodeSpec spec) => Post((_, fx) => _machine.Respecify(spec, fx));

    /// <summary>Takes over what an earlier agent left on the machine. Returns how many attempts that are.</summary>
    public async Task<int> Adopt(AttemptHost host)
    {
        var count = 0;
        await host.Recover((assignment, startedAt, end) =>
        {
            var template = assignment.Run.Template;
            var began = startedAt ?? end?.EndedAt ?? _time.GetUtcNow();
            _machine.Adopt(
                new AdoptedAttempt(assignment.Attempt, assignment.NodeEpoch, template.Demand.Capacity, began, template.TimeLimit, template.Grace, end) { Devices = assignment.Devices }, Now());
            count++;
        });
        return count;
    }

    /// <summary>Asks the agent to leave in order; now = without grace for anything. Safe to repeat.</summary>
    public void Leave(bool now) => Post((at, fx) => _machine.Leave(at, now, fx));

    /// <summary>Runs until the machine may leave.</summary>
    public async Task<AgentExit> Run(IAttemptHost host)
    {
        var arrives = _inbox.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
        while (true)
        {
            Step(host);
            if (EndAnyway() is { } exit) return exit;
            if (_machine.MayLeave) return _machine.IsReplaced ? AgentExit.Replaced : AgentExit.Left;
            if (arrives.IsCompleted) arrives = _inbox.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
            await Wait(arrives);
        }
    }

    private void Step(IAttemptHost host)
    {
        while (_inbox.Reader.TryRead(out var input))
        {
            input(Now(), _effects);
            Do(host);
        }
        if (_time.GetUtcNow() >= _machine.NextWake)
        {
            _machine.Tick(Now(), _effects);
            Do(host);
        }
    }

    private async Task Wait(Task arrives)
    {
        var wait = _machine.NextWake - _time.GetUtcNow();
        if (wait <= TimeSpan.Zero) return;
        using var cancel = new CancellationTokenSource();
        await Task.WhenAny(arrives, Task.Delay(wait < s_longestWait ? wait : s_longestWait, _time, cancel.Token));
        await cancel.CancelAsync();
    }

    private Moment Now() => new(_time.GetUtcNow(), ++_inputs);

    private void Post(Action<Moment, AgentEffects> input) => _inbox.Writer.TryWrite(input);

    /// <summary>Does what the machine wants; doing may make it want more, which is added behind.</summary>
    private void Do(IAttemptHost host)
    {
        for (var i = 0; i < _effects.Items.Count; i++)
        {
            switch (_effects.Items[i])
            {
                case StartAttempt { Assignment: { Run.Template.InAgentNoOp: true } assignment }: DoNothing(assignment); break;
                case StartAttempt start: host.Start(start.Assignment); break;
                case Scheduling.StateMachines.Agents.StopAttempt stop: host.Stop(stop.Attempt, stop.Cause, stop.Grace); break;
                case KeepUntil keep: host.KeepUntil(keep.Until); break;
                case ForgetAttempt forget: host.Forget(forget.Attempt); break;
                case RenewDeadline renew: RenewDeadline(renew.Until); break;
                case BeatNow: SendBeat(); break;
                case var unknown: throw new InvalidOperationException($"The agent does not know how to do '{unknown.GetType().Name}'.");
            }
        }
        _effects.Clear();
    }

    /// <summary>A deadline that cannot be written ends the tasks in their time: the agent itself lives on.</summary>
    private void RenewDeadline(DateTimeOffset until)
    {
        try
        {
            _renewDeadline(until);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            AgentEvents.DeadlineNotWritten(_log, failure.Message);
        }
    }

    /// <summary>The no-op handler: a task without a process and without a trace on disk, for measuring the way of a task.</summary>
    private void DoNothing(Assignment assignment)
    {
        var now = Now();
        _machine.Started(assignment.Attempt, now.At, _effects);
        _machine.Ended(assignment.Attempt, AttemptEnd.Bare(AttemptEndCause.Completed, "", now.At) with { ExitCode = 0, StartedAt = now.At }, now, _effects);
    }

    private void SendBeat()
    {
        var beat = _machine.NextBeat(Now());
        _ = Task.Run(async () =>
        {
            try
            {
                var reply = await _link.Beat(beat, CancellationToken.None);
                Post((now, fx) =>
                {
                    _machine.BeatAnswered(beat.Sequence, reply, now, fx);
                    Troubled(_machine.Troubled);
                });
                if (reply is not LeaseReply) AgentEvents.BeatRefused(_log, reply);
                Reachable(true, "");
            }
            catch (Exception failure)
            {
                Post((now, fx) => _machine.BeatFailed(beat.Sequence, now, fx));
                Reachable(false, failure.Message);
            }
        });
    }

    /// <summary>One line when the region goes away and one when it is back, not one per beat.</summary>
    private void Reachable(bool reachable, string why)
    {
        if (_reachable == reachable) return;
        _reachable = reachable;
        if (reachable) AgentEvents.RegionAnswers(_log);
        else AgentEvents.RegionSilent(_log, why);
    }
}
