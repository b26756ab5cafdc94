using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.StateMachines.Agents;

/// <summary>
/// Decisions of the agent on a machine: when to beat, what to start, what to stop. It has no row: what lives on the machine is its memory.
/// Deterministic; the runtime around it does what <see cref="AgentEffects"/> say and calls back.
/// </summary>
/// <remarks>
/// The lease counts from the moment a beat was sent, on the agent's own clock, so it always ends before the node thinks it does. Only the answer
/// to the last beat counts. Not thread-safe.
/// </remarks>
public sealed partial class AgentMachine(NodeId node, long incarnation, NodeSpec spec, AgentSettings settings)
{
    private NodeSpec _spec = spec;
    private readonly OrderedDictionary<AttemptId, HeldAttempt> _held = [];
    private long _sequence;
    private bool _inFlight;
    private bool _beatAsked;
    private bool _again;
    private bool _lapsed;
    private DateTimeOffset _sentAt;
    private DateTimeOffset _nextBeatAt = DateTimeOffset.MinValue;
    private DateTimeOffset? _deadline;
    private Epoch _nodeEpoch;
    private DateTimeOffset? _leaveBy;
    private bool _leavesNow;
    private bool _lastBeatWasFarewell;
    private bool _saidFarewell;
    private bool _leaveIsOver;

    /// <summary>True once a newer agent process of this machine was seen by the node: everything is killed, no beat is sent any more.</summary>
    public bool IsReplaced { get; private set; }

    /// <summary>
    /// The process may exit: after <see cref="Leave"/> nothing is held and the node knows it (or the time for that is over), or another agent
    /// has replaced this one and nothing is alive.
    /// </summary>
    public bool MayLeave => IsReplaced
        ? !_held.Values.Any(held => held.IsAlive)
        : _leaveBy is not null && (_saidFarewell || _leaveIsOver);

    /// <summary>When <see cref="Tick"/> next has something to do; <see cref="DateTimeOffset.MaxValue"/> = never.</summary>
    public DateTimeOffset NextWake
    {
        get
        {
            if (IsReplaced || MayLeave) return DateTimeOffset.MaxValue;
            var wake = _inFlight ? _sentAt + settings.BeatTimeout
                : _beatAsked ? DateTimeOffset.MaxValue
                : _nextBeatAt;
            if (_deadline is { } deadline && !_lapsed) wake = Earlier(wake, deadline);
            if (_leaveBy is { } leaveBy && !_leaveIsOver) wake = Earlier(wake, leaveBy);
            foreach (var held in _held.Values)
            {
                if (held is { IsAlive: true, StopCause: null, StartedAt: { } startedAt, TimeLimit: { } limit }) wake = Earlier(wake, startedAt + limit);
            }

            return wake;
        }
    }

    private bool IsLeaving => _leaveBy is not null;

    /// <summary>Before the first beat: an attempt of an earlier agent process on this machine.</summary>
    public void Adopt(AdoptedAttempt attempt, Moment now)
    {
        if (_sequence > 0) throw new InvalidOperationException($"Agent of {node} has beaten before; {attempt.Attempt} cannot be adopted any more.");
        _held[attempt.Attempt] = new HeldAttempt(attempt.Attempt, attempt.NodeEpoch, attempt.Demand)
        {
            StartedAt = attempt.StartedAt,
            TimeLimit = attempt.TimeLimit,
            Grace = attempt.Grace,
            End = attempt.End,
            Devices = attempt.Devices.OrEmpty(),
        };
        _nextBeatAt = now.At;
    }

    /// <summary>The beat to send now; its answer goes to <see cref="BeatAnswered"/> or <see cref="BeatFailed"/>.</summary>
    public AgentBeat NextBeat(Moment now)
    {
        (_inFlight, _beatAsked, _again, _sentAt) = (true, false, false, now.At);
        _lastBeatWasFarewell = IsLeaving && _held.Count == 0;
        return new AgentBeat(node, incarnation, ++_sequence, _spec, [.. _held.Values.Select(held => held.ToBeat())], IsLeaving)
        {
            Signals = _signals.Waiting,
            Loads = _loads,
        };
    }

    public void BeatAnswered(long sequence, Reply reply, Moment now, AgentEffects fx)
    {
        if (sequence != _sequence || IsReplaced) return;
        switch (reply)
        {
            case LeaseReply lease when lease.Sequence == sequence && lease.NodeEpoch >= _nodeEpoch:
                _inFlight = false;
                Obey(lease, now, fx);
                break;
            case Stale:
                _inFlight = false;
                IsReplaced = true;
                StopAll(AttemptEndCause.Superseded, kill: true, now, fx);
                break;
            default:
                // Refused, busy, or an activation of the node that has been replaced: as good as no answer.
                BeatFailed(sequence, now, fx);
                break;
        }
    }

    /// <summary>No answer to this beat: the next one comes after the usual pause. The lease goes on running out.</summary>
    public void BeatFailed(long sequence, Moment now, AgentEffects fx)
    {
        if (sequence != _sequence || !_inFlight) return;
        _inFlight = false;
        _nextBeatAt = now.At + settings.BeatEvery;
        CheckLease(now, fx);
    }

    /// <summary>There is work: beat now, or again right after the beat on its way.</summary>
    public void Hinted(Moment now, AgentEffects fx) => Hurry(fx);

    /// <summary>Goes down in order: everything is asked to end as preempted, and the node is told until nothing is held any more.</summary>
    /// <param name="at">When it is asked.</param>
    /// <param name="now">Kill at once, without grace; also when leaving has begun. It can only become quicker.</param>
    /// <param name="fx">What is to be done.</param>
    public void Leave(Moment at, bool now, AgentEffects fx)
    {
        if (now ? _leavesNow : IsLeaving) return;
        _leavesNow = now;
        var longest = now ? TimeSpan.Zero
            : _held.Values.Where(held => held.IsAlive).Select(held => held.Grace).DefaultIfEmpty(TimeSpan.Zero).Max();
        var leaveBy = at.At + longest + settings.KeepWhenLeaving + settings.TellWhenLeaving;
        _leaveBy = _leaveBy is { } before ? Earlier(before, leaveBy) : leaveBy;
        fx.Add(new KeepUntil(_leaveBy.Value - settings.TellWhenLeaving));
        StopAll(AttemptEndCause.Preempted, kill: now, at, fx);
        Hurry(fx);
    }

    /// <summary>Time passes: beats, the lease, time limits.</summary>
    public void Tick(Moment now, AgentEffects fx)
    {
        if (_inFlight && now.At >= _sentAt + settings.BeatTimeout) BeatFailed(_sequence, now, fx);
        CheckLease(now, fx);
        foreach (var held in _held.Values)
        {
            if (held is { IsAlive: true, StopCause: null, StartedAt: { } startedAt, TimeLimit: { } limit } && now.At >= startedAt + limit)
            {
                Stop(held, AttemptEndCause.TimedOut, held.Grace, now, fx);
            }
        }

        if (now.At >= _leaveBy) _leaveIsOver = true;
        if (!_inFlight && now.At >= _nextBeatAt && !MayLeave) Hurry(fx);
    }

    private void Obey(LeaseReply lease, Moment now, AgentEffects fx)
    {
        _nodeEpoch = lease.NodeEpoch;
        _nextBeatAt = now.At + lease.NextBeat;
        var until = _sentAt + lease.Lease;
        if (until > now.At)
        {
            _deadline = until;
            _lapsed = false;
            fx.Add(new RenewDeadline(until));
        }

        foreach (var attempt in lease.Forget)
        {
            if (!_held.TryGetValue(attempt, out var held) || held.End is null) continue;
            _held.Remove(attempt);
            fx.Add(new ForgetAttempt(attempt));
        }

        foreach (var order in lease.Stop)
        {
            if (_held.TryGetValue(order.Attempt, out var held)) Stop(held, order.Cause, order.Grace, now, fx);
        }

        foreach (var assignment in lease.Assign) Take(assignment);
        TakeNews(lease);
        CheckLease(now, fx);
        StartWhatMay(now, fx);
        if (_lastBeatWasFarewell && _held.Count == 0) _saidFarewell = true;
        if (_again || (IsLeaving && _held.Count == 0 && !_saidFarewell)) Hurry(fx);
    }

    private void Hurry(AgentEffects fx)
    {
        if (IsReplaced) return;
        if (_inFlight)
        {
            _again = true;
        }
        else if (!_beatAsked)
        {
            _beatAsked = true;
            fx.Add(new BeatNow());
        }
    }

    /// <summary>The lease has run out: the node may have given the work to others. Nothing may go on here.</summary>
    private void CheckLease(Moment now, AgentEffects fx)
    {
        if (_lapsed || _deadline is not { } deadline || now.At < deadline) return;
        _lapsed = true;
        StopAll(AttemptEndCause.LeaseExpired, kill: true, now, fx);
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
