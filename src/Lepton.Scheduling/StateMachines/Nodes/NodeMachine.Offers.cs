using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Nodes;

/// <content>Offers taken or refused, and attempts asked to stop.</content>
public sealed partial class NodeMachine
{
    private Reply OnOffer(Offer offer, Moment now, Effects effects)
    {
        if (_row is null) return new Refused(RefusalCode.NotReady, $"Node {node} has never been heard of.", "Maybe start its agent.");
        // A repeat under an old region epoch changes nothing: what was granted before is still granted.
        if (_grants.TryGetValue(offer.Attempt, out var same))
        {
            if (same.End is null)
            {
                same.Run ??= offer.Run;
                Confirm(same, effects);
            }

            return new Granted(same.Grant.NodeEpoch);
        }

        if (offer.RegionEpoch < _row.RegionEpoch) return new Stale("region epoch", offer.RegionEpoch.Value, _row.RegionEpoch.Value);
        if (offer.RegionEpoch > _row.RegionEpoch)
        {
            _row = _row with { RegionEpoch = offer.RegionEpoch };
            effects.Save();
        }

        if (WhyNot(offer, now, effects) is { } refusal) return refusal;
        var template = offer.Run.Template;
        var grant = new Grant(offer.Attempt, template.Demand.Capacity, _row.Epoch, now.At, null, false, template.Grace) { Devices = offer.Devices };
        var live = new LiveGrant(grant, offer.Run, restored: false);
        Add(live);
        _news.Added(grant);
        effects.Save();
        Confirm(live, effects);
        return new Granted(grant.NodeEpoch);
    }

    /// <summary>What an older activation of the region has ordered and has not come yet is refused from now on; what came before is told.</summary>
    private Reply OnFence(FenceNode fence, Effects effects)
    {
        if (_row is null) return new NodeFenced([]);        // never heard of: nothing was ever offered here
        if (fence.RegionEpoch < _row.RegionEpoch) return new Stale("region epoch", fence.RegionEpoch.Value, _row.RegionEpoch.Value);
        if (fence.RegionEpoch > _row.RegionEpoch) _row = _row with { RegionEpoch = fence.RegionEpoch };
        effects.Save();
        return new NodeFenced([.. _grants.Values.Where(live => live.End is null).Select(live => new Held(live.Grant.Attempt, live.Grant.Demand) { Devices = live.Grant.Devices })]);
    }

    /// <summary>
    /// Offers come late and twice, and what this node remembers of ended attempts dies with its activation: before an attempt is handed out, its
    /// task says whether it still counts.
    /// </summary>
    private void Confirm(LiveGrant live, Effects effects)
    {
        if (live.ConfirmAsked || live.ListedIn > 0) return;
        live.ConfirmAsked = true;
        effects.Send(Address.Of(live.Grant.Attempt.Task, node.Region), new ConfirmGrant(live.Grant.Attempt, node), SendMode.UntilAnswered);
    }

    private void OnConfirmed(LiveGrant live, Reply reply, Moment now, Effects effects)
    {
        if (reply is Ack or GangComplete)
        {
            if (reply is GangComplete gang) live.GangNodes = gang.Nodes;
            live.Confirmed = true;
            effects.HintAgent();
        }
        else if (live.NeverHandedOut)
        {
            // Told like any other end: should it count all the same (an older activation of the task has answered), it is placed again.
            End(live, AttemptEnd.Bare(AttemptEndCause.NotStarted, $"Attempt {live.Grant.Attempt} was not confirmed by its task.", now.At), effects);
        }
        else
        {
            AskToStop(live, AttemptEndCause.Superseded, true, effects);
        }
    }

    private Reply? WhyNot(Offer offer, Moment now, Effects effects)
    {
        var row = _row!;
        var demand = offer.Run.Template.Demand;
        if (_over.Contains(offer.Attempt)) return new Refused(RefusalCode.AlreadyEnded, $"Attempt {offer.Attempt} has ended on {node} before.");
        if (_lettingGo.Contains(offer.Attempt))
        {
            return new Refused(RefusalCode.StillRunning, $"The agent of {node} has not let go of attempt {offer.Attempt} yet.");
        }

        if (_byTask.TryGetValue(offer.Attempt.Task, out var other))
        {
            if (other.Number > offer.Attempt.Number) return new Stale("attempt", offer.Attempt.Number, other.Number);
            if (_grants[other] is { End: null, Grant.StopAsked: null } former) AskToStop(former, AttemptEndCause.Superseded, true, effects);
            return new Refused(RefusalCode.StillRunning, $"Attempt {other} still holds resources of {node}; it is being stopped.");
        }

        if (row.Phase != NodePhase.Ready || row.Spec is null)
        {
            var silence = (now.At - _lastBeat).TotalSeconds;
            return new Refused(RefusalCode.NotReady, string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"Node {node} is {row.Phase}; {(_beats > 0 ? "its last heartbeat came" : "no heartbeat came since this record was read")} {silence:0.0} s ago."));
        }

        if (demand.Capacity.MilliCpu < 0 || demand.Capacity.MemoryBytes < 0)
        {
            return new Refused(RefusalCode.Invalid, $"Task {offer.Attempt.Task} asks {demand.Capacity}: less than nothing.");
        }

        if ((row.Spec.Isolation & demand.Isolation) != demand.Isolation)
        {
            return new Refused(RefusalCode.DoesNotFit, $"Task {offer.Attempt.Task} asks isolation by {IsolationText.Of(demand.Isolation)}; node {node} enforces {IsolationText.Of(row.Spec.Isolation)}.");
        }

        var free = row.Spec.Capacity - _taken;
        if (free.Fits(demand.Capacity)) return _devices.WhyNot(offer, row.Spec, node);
        return row.Spec.Capacity.Fits(demand.Capacity)
            ? new Refused(RefusalCode.DoesNotFit, $"Task {offer.Attempt.Task} asks {demand.Capacity}; node {node} has {free} free of {row.Spec.Capacity}.")
            : new Refused(RefusalCode.NeverFits, $"Task {offer.Attempt.Task} asks {demand.Capacity}; node {node} has {row.Spec.Capacity} in all.");
    }

    private Reply OnStop(StopAttempt stop, Moment now, Effects effects)
    {
        if (!_grants.TryGetValue(stop.Attempt, out var live))
        {
            return new Refused(RefusalCode.NotFound, $"Attempt {stop.Attempt} holds nothing on {node}.");
        }

        if (live.End is not null) return Ack.Done;
        if (live.NeverHandedOut)
        {
            // Never handed out: it is over here and now, and cannot be handed out any more.
            AskToStop(live, stop.Cause, stop.Force, effects);
            End(live, AttemptEnd.Bare(stop.Cause, $"Attempt {stop.Attempt} was stopped before it started.", now.At), effects);
        }
        else
        {
            AskToStop(live, stop.Cause, stop.Force, effects);
        }

        return Ack.Done;
    }
}
