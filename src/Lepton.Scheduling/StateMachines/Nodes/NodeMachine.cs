using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Nodes;

/// <summary>
/// A machine of a region: which attempt holds which resources, and the lease of its agent. Sum of grants never grows beyond the capacity.
/// </summary>
/// <remarks>
/// A grant ends only with its attempt, and an attempt only by a report of the agent, by the proof that it will never start, or by the lease.
/// The task is told until it answers; then the grant is given back. What to run is memory only: the task repeats its offer after a crash.
/// </remarks>
public sealed partial class NodeMachine(NodeId node, RegionSettings settings) : IStateMachine
{
    /// <summary>Ended attempts remembered against late offers.</summary>
    private const int RememberedAttempts = 1024;

    private readonly OrderedDictionary<AttemptId, LiveGrant> _grants = [];
    private readonly Dictionary<TaskId, AttemptId> _byTask = [];
    private readonly RecentAttempts _over = new(RememberedAttempts);
    private readonly NodeNews _news = new();

    /// <summary>Given back without having begun, but the agent still lists them: not to be granted again before it has let go.</summary>
    private readonly HashSet<AttemptId> _lettingGo = [];
    private NodeRow? _row;
    private Capacity _taken;
    private DateTimeOffset _lastBeat;
    private bool _watching;

    public Address Self { get; } = Address.Of(node);

    public string RowKey { get; } = NodeRow.KeyOf(node);

    public ImmutableArray<RowScan> Scans => [];

    public Row? Row => _row is null ? null : _row with { Grants = [.. _grants.Values.Select(live => live.Grant)] };

    public void Restore(Row? own, IReadOnlyList<Row> scanned, Moment now, Effects effects)
    {
        _lastBeat = now.At;         // a stored grant is good for one full lease from here
        if (own is not NodeRow stored) return;
        var phase = stored.Phase is NodePhase.Lost or NodePhase.Cordoned ? stored.Phase : NodePhase.Joining;
        _row = stored with { Epoch = stored.Epoch.Next(), Phase = phase, ChangedAt = now.At, Grants = [] };
        effects.Save();
        foreach (var grant in stored.Grants) Add(new LiveGrant(grant, null, restored: true));
        foreach (var live in _grants.Values.Where(live => live.IsFenced)) EndExpired(live, now, effects);
        _news.SayAll();
        Tell(effects);
        Watch(now, effects);
    }

    public void Ask(Message message, CallId call, Moment now, Effects effects)
    {
        switch (message)
        {
            case Offer offer: effects.Reply(call, OnOffer(offer, now, effects)); break;
            case StopAttempt stop: effects.Reply(call, OnStop(stop, now, effects)); break;
            case AgentBeat beat: effects.Reply(call, OnBeat(beat, now, effects)); break;
            default: effects.Reply(call, Replies.DoesNotTake(Self, message)); break;
        }

        Tell(effects);
    }

    public void Answer(Address to, Message sent, Reply reply, Moment now, Effects effects)
    {
        switch (sent)
        {
            case AttemptEnded ended when _grants.TryGetValue(ended.Attempt, out var live) && live.End is not null:
                GiveBack(live, effects);
                break;
            case ConfirmGrant confirm when _grants.TryGetValue(confirm.Attempt, out var live) && live.End is null:
                OnConfirmed(live, reply, now, effects);
                break;
            case AttemptStarted started when reply is Stale && _grants.TryGetValue(started.Attempt, out var live) && live.End is null:
                AskToStop(live, AttemptEndCause.Superseded, true, effects);
                break;
            case NodeChanged:
                _news.Answered(reply is WantFull);
                break;
            default: break;
        }

        Tell(effects);
    }

    public void Tick(Moment now, Effects effects)
    {
        _watching = false;
        if (_row is null || _row.Phase == NodePhase.Lost) return;
        var silence = now.At - _lastBeat;
        if (silence >= settings.NodeLease + settings.LeaseMargin)
        {
            Lose(now, effects);
        }
        else
        {
            // Not saved: after a restart the node is joining anyway.
            if (silence >= settings.NodeLease && _row.Phase == NodePhase.Ready) _row = _row with { Phase = NodePhase.Suspect, ChangedAt = now.At };
            _news.Touch();
            Watch(now, effects);
        }

        Tell(effects);
    }

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
        var grant = new Grant(offer.Attempt, template.Demand.Capacity, _row.Epoch, now.At, null, false, template.Grace);
        var live = new LiveGrant(grant, offer.Run, restored: false);
        Add(live);
        _news.Added(grant.Attempt, grant.Demand);
        effects.Save();
        Confirm(live, effects);
        return new Granted(grant.NodeEpoch);
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
        if (reply is Ack)
        {
            live.Confirmed = true;
            effects.HintAgent();
        }
        else if (live.NeverHandedOut)
        {
            live.End = AttemptEnd.Bare(AttemptEndCause.NotStarted, $"Attempt {live.Grant.Attempt} does not count any more.", now.At);
            GiveBack(live, effects);
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

        if (demand.Devices > 0)
        {
            return new Refused(
                RefusalCode.NeverFits,
                $"Task {offer.Attempt.Task} asks {demand.Devices} {demand.Kind} devices; node {node} grants CPU and memory only.",
                "Maybe ask for no devices.");
        }

        if (demand.Capacity.MilliCpu < 0 || demand.Capacity.MemoryBytes < 0)
        {
            return new Refused(RefusalCode.Invalid, $"Task {offer.Attempt.Task} asks {demand.Capacity}: less than nothing.");
        }

        var free = row.Spec.Capacity - _taken;
        if (free.Fits(demand.Capacity)) return null;
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

    private static void AskToStop(LiveGrant live, AttemptEndCause cause, bool force, Effects effects)
    {
        var asked = live.Grant with { StopAsked = live.Grant.StopAsked ?? cause, StopForce = live.Grant.StopForce || force };
        if (asked == live.Grant) return;
        live.Grant = asked;
        effects.Save();
        effects.HintAgent();
    }

    private void Lose(Moment now, Effects effects)
    {
        _row = _row! with { Epoch = _row.Epoch.Next(), Phase = NodePhase.Lost, ChangedAt = now.At };
        effects.Save();
        foreach (var live in _grants.Values.Where(live => live.End is null))
        {
            live.Grant = live.Grant with { StopAsked = LiveGrant.Fence, StopForce = true };
            EndExpired(live, now, effects);
        }

        _news.SayAll();
    }

    private void EndExpired(LiveGrant live, Moment now, Effects effects) => End(
        live,
        AttemptEnd.Bare(AttemptEndCause.LeaseExpired, $"Node {node} was not heard for {(settings.NodeLease + settings.LeaseMargin).TotalSeconds:0} s.", now.At),
        effects);

    private void End(LiveGrant live, AttemptEnd end, Effects effects)
    {
        live.End = end;
        effects.Send(Address.Of(live.Grant.Attempt.Task, node.Region), new AttemptEnded(live.Grant.Attempt, end, node), SendMode.UntilAnswered);
    }

    private void Add(LiveGrant live)
    {
        _grants.Add(live.Grant.Attempt, live);
        _byTask[live.Grant.Attempt.Task] = live.Grant.Attempt;
        _taken += live.Grant.Demand;
    }

    private void GiveBack(LiveGrant live, Effects effects)
    {
        var attempt = live.Grant.Attempt;
        _grants.Remove(attempt);
        _byTask.Remove(attempt.Task);
        _taken -= live.Grant.Demand;

        // What never began may be offered here again under the same number (a guest's attempt); everything else is over for good.
        if (live.End!.Cause != AttemptEndCause.NotStarted) _over.Add(attempt);
        else if (live.ListedIn > 0) _lettingGo.Add(attempt);
        _news.Freed(attempt);
        effects.Save();
    }

    private void Tell(Effects effects)
    {
        if (_row is null) return;
        if (_news.Next(_row, _grants.Values, _lastBeat) is { } news) effects.Send(Address.Of(node.Region), news, SendMode.UntilAnswered);
    }

    /// <summary>Wakes at the next moment at which silence would mean something; beats need no wake of their own.</summary>
    private void Watch(Moment now, Effects effects)
    {
        if (_watching || _row is null || _row.Phase == NodePhase.Lost) return;
        _watching = true;
        var suspectAt = _lastBeat + settings.NodeLease;
        effects.WakeAt(suspectAt > now.At ? suspectAt : suspectAt + settings.LeaseMargin);
    }
}
