using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.StateMachines.Nodes;

/// <content>Heartbeats: what the agent holds against what was granted.</content>
public sealed partial class NodeMachine
{
    /// <summary>Pause before the next beat while the agent holds something that waits for a word of ours.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);

    private long _sequence;
    private long _beats;

    private Reply OnBeat(AgentBeat beat, Moment now, Effects effects)
    {
        if (_row is { } known)
        {
            if (beat.Incarnation < known.Incarnation) return new Stale("incarnation", beat.Incarnation, known.Incarnation);
            if (beat.Incarnation == known.Incarnation && beat.Sequence < _sequence) return new Stale("sequence", beat.Sequence, _sequence);
        }

        var first = _row is null;
        _row ??= new NodeRow { Node = node, Epoch = Epoch.None.Next(), Phase = NodePhase.Joining, ChangedAt = now.At };
        var replaced = first || beat.Incarnation > _row.Incarnation;
        if (replaced)
        {
            _row = _row with { Incarnation = beat.Incarnation, SignalsTaken = 0 };
            effects.Save();
        }

        var respecified = _row.Spec is null || !_row.Spec.Equals(beat.Spec);
        if (respecified)
        {
            _row = _row with { Spec = beat.Spec };
            _news.Respecified();
            effects.Save();
        }

        (_lastBeat, _sequence, _beats, _loads) = (now.At, beat.Sequence, _beats + 1, beat.Loads.OrEmpty());
        if (_lettingGo.Count > 0) _lettingGo.IntersectWith(beat.Attempts.Select(held => held.Attempt));
        TakeDevices(beat, respecified, now, effects);
        var reply = new ReplyParts();
        FreeStuck(beat, now, effects);
        foreach (var attempt in beat.Attempts) Listed(attempt, reply, now, effects);
        foreach (var live in _grants.Values)
        {
            if (live.ListedIn != _beats && live.End is null) Unlisted(live, beat, replaced, reply, now, effects);
        }

        SetPhase(beat, now, effects);
        Watch(now, effects);
        return new LeaseReply(
            _row.Epoch,
            beat.Sequence,
            settings.NodeLease,
            reply.Assign.ToImmutable(),
            reply.Stop.ToImmutable(),
            reply.Forget.ToImmutable(),
            reply.Hurry && Soon < settings.HeartbeatEvery ? Soon : settings.HeartbeatEvery)
        {
            SignalsTaken = _row.SignalsTaken,
            Troubled = _devices.Troubled,
        };
    }

    /// <summary>The agent holds this attempt.</summary>
    private void Listed(AgentAttempt held, ReplyParts reply, Moment now, Effects effects)
    {
        if (!_grants.TryGetValue(held.Attempt, out var live) || held.NodeEpoch < live.Grant.NodeEpoch)
        {
            if (held.End is not null) reply.Forget.Add(held.Attempt);
            else reply.Stop.Add(new StopOrder(held.Attempt, AttemptEndCause.Superseded, null));
            return;
        }

        live.ListedIn = _beats;
        live.Restored = false;
        if (held.End is null) EndIfStuck(live, now, effects);
        if (live.End is not null)
        {
            // Decided and being told. A process that is alive all the same has lost its right.
            if (held.End is null) reply.Stop.Add(new StopOrder(held.Attempt, live.HoldsOn ? AttemptEndCause.DeviceFault : AttemptEndCause.LeaseExpired, null));
            reply.Hurry |= !live.HoldsOn;
        }
        else if (held.End is { } end)
        {
            End(live, Told(live, end), effects);
            reply.Hurry = true;
        }
        else
        {
            if (held.StartedAt is { } startedAt && !live.StartTold)
            {
                live.StartTold = true;
                effects.Send(
                    Address.Of(held.Attempt.Task, node.Region),
                    new AttemptStarted(held.Attempt, node, startedAt),
                    SendMode.UntilAnswered);
            }

            if (live.Grant.StopAsked is { } cause) reply.Stop.Add(new StopOrder(held.Attempt, cause, live.Grant.StopForce ? null : live.Grant.Grace));
        }
    }

    /// <summary>
    /// The agent does not hold this attempt. It never will, unless a reply tells it to: one of ours, or one that an earlier activation gave to
    /// this very beat. Hence the proof that it never starts is a beat newer than any that can have been answered with it.
    /// </summary>
    private void Unlisted(LiveGrant live, AgentBeat beat, bool replaced, ReplyParts reply, Moment now, Effects effects)
    {
        var grant = live.Grant;
        if (live.ListedIn > 0 || (replaced && (live.Restored || live.AssignedAt > 0)))
        {
            // Marked in the row that says the agent is a new one: an activation after this one could not tell any more that it was lost.
            live.Grant = grant with { StopAsked = LiveGrant.Fence, StopForce = true };
            effects.Save();
            End(live, AttemptEnd.Bare(AttemptEndCause.NodeLost, $"The agent of {node} was restarted and does not hold attempt {grant.Attempt} any more.", now.At), effects);
        }
        else if (live.Run is { } run && grant.StopAsked is null && !beat.Leaving)
        {
            if (!live.Confirmed) return;        // its task is being asked; the answer hints the agent
            live.AssignedAt = beat.Sequence;
            live.Restored = false;
            reply.Assign.Add(new Assignment(grant.Attempt, grant.NodeEpoch, run) { Devices = grant.Devices.OrEmpty(), GangNodes = live.GangNodes });
        }
        else if (live.Restored)
        {
            live.AssignedAt = beat.Sequence;
            live.Restored = false;
            reply.Hurry = true;
        }
        else if (beat.Sequence > live.AssignedAt || replaced)
        {
            var why = grant.StopAsked is null ? "never began" : "was stopped before it started";
            var cause = grant.StopAsked is null or AttemptEndCause.DeviceFault ? AttemptEndCause.NotStarted : grant.StopAsked.Value;
            End(live, AttemptEnd.Bare(cause, $"Attempt {grant.Attempt} {why} on {node}.", now.At), effects);
        }
        else
        {
            reply.Hurry = true;
        }
    }

    /// <summary>What was told already is given back once its process is gone.</summary>
    private void FreeStuck(AgentBeat beat, Moment now, Effects effects)
    {
        List<LiveGrant>? free = null;
        foreach (var live in _grants.Values)
        {
            if (live.HoldsOn && HasEnded(beat, live.Grant.Attempt)) (free ??= []).Add(live);
        }

        foreach (var live in free ?? [])
        {
            live.HoldsOn = false;
            if (live.IsTold) GiveBack(live, now, effects);
        }
    }

    private static bool HasEnded(AgentBeat beat, AttemptId attempt)
    {
        foreach (var held in beat.Attempts)
        {
            if (held.Attempt == attempt) return held.End is not null;
        }

        return true;
    }

    private void SetPhase(AgentBeat beat, Moment now, Effects effects)
    {
        var phase = beat.Leaving ? _grants.Count == 0 && beat.Attempts.IsEmpty ? NodePhase.Lost : NodePhase.Draining
            : HeardPhase();
        _leaving = beat.Leaving;
        if (phase == _row!.Phase) return;
        var backFromSilence = _row.Phase == NodePhase.Suspect && phase == NodePhase.Ready;      // neither of the two is read after a restart
        _row = _row with { Phase = phase, ChangedAt = now.At, Epoch = phase == NodePhase.Lost ? _row.Epoch.Next() : _row.Epoch };
        if (phase == NodePhase.Lost) _news.SayAll();
        else _news.Touch();
        if (!backFromSilence) effects.Save();
    }

    private sealed class ReplyParts
    {
        public ImmutableArray<Assignment>.Builder Assign { get; } = ImmutableArray.CreateBuilder<Assignment>();

        public ImmutableArray<StopOrder>.Builder Stop { get; } = ImmutableArray.CreateBuilder<StopOrder>();

        public ImmutableArray<AttemptId>.Builder Forget { get; } = ImmutableArray.CreateBuilder<AttemptId>();

        public bool Hurry { get; set; }
    }
}
