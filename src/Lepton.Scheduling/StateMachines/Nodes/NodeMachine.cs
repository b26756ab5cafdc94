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
    private ImmutableArray<DeviceLoad> _loads = [];

    public Address Self { get; } = Address.Of(node);

    public string RowKey { get; } = NodeRow.KeyOf(node);

    public ImmutableArray<RowScan> Scans(Row? own) => [];

    public Row? Row => _row is null ? null : _row with
    {
        Grants = [.. _grants.Values.Select(live => live.Grant)],
        Devices = _devices.States,
        Turns = _devices.Turns,
        Uses = _devices.Uses,
    };

    public void Restore(Row? own, IReadOnlyList<Row> scanned, Moment now, Effects effects)
    {
        _lastBeat = now.At;         // a stored grant is good for one full lease from here
        if (own is not NodeRow stored) return;
        var phase = stored.Phase == NodePhase.Lost ? NodePhase.Lost : NodePhase.Joining;
        _row = stored with { Epoch = stored.Epoch.Next(), Phase = phase, ChangedAt = now.At, Grants = [] };
        effects.Save();
        _devices.Restore(stored, now.At);
        foreach (var grant in stored.Grants) Add(new LiveGrant(grant, null, restored: true));
        foreach (var live in _grants.Values.Where(live => live.IsFenced)) EndExpired(live, now, effects);
        foreach (var live in _grants.Values.Where(live => live.Grant.StopAsked == AttemptEndCause.DeviceFault)) live.StuckAfter = now.At + settings.NodeLease + live.Grant.Grace;
        _news.SayAll();
        Tell(effects);
        Watch(now, effects);
    }

    public void Ask(Message message, CallId call, Moment now, Effects effects)
    {
        switch (message)
        {
            case Offer offer: effects.Reply(call, OnOffer(offer, now, effects)); break;
            case FenceNode fence: effects.Reply(call, OnFence(fence, effects)); break;
            case StopAttempt stop: effects.Reply(call, OnStop(stop, now, effects)); break;
            case AgentBeat beat: effects.Reply(call, OnBeat(beat, now, effects)); break;
            case HoldNode hold: effects.Reply(call, OnHold(hold, now, effects)); break;
            case DescribeNode: effects.Reply(call, Describe()); break;
            default: effects.Reply(call, Replies.DoesNotTake(Self, message)); break;
        }

        Tell(effects);
    }

    public void Answer(Address to, Message sent, Reply reply, Moment now, Effects effects)
    {
        switch (sent)
        {
            case AttemptEnded ended when _grants.TryGetValue(ended.Attempt, out var live) && live.End is not null:
                OnEndTold(live, now, effects);
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

    private Reply Describe() => Row is NodeRow row
        ? new NodeDescription(row, _loads)
        : new Refused(RefusalCode.NotFound, $"Node {node} has never been heard of.", "Maybe start its agent.");

    private static void AskToStop(LiveGrant live, AttemptEndCause cause, bool force, Effects effects)
    {
        var asked = live.Grant with { StopAsked = live.Grant.StopAsked ?? cause, StopForce = live.Grant.StopForce || force };
        if (asked == live.Grant) return;
        live.Grant = asked;
        effects.Save();
        effects.HintAgent();
    }

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
        _devices.Take(live.Grant);
    }

    private void OnEndTold(LiveGrant live, Moment now, Effects effects)
    {
        live.IsTold = true;
        if (!live.HoldsOn) GiveBack(live, now, effects);
    }

    private void GiveBack(LiveGrant live, Moment now, Effects effects)
    {
        var attempt = live.Grant.Attempt;
        _grants.Remove(attempt);
        _byTask.Remove(attempt.Task);
        _taken -= live.Grant.Demand;
        _devices.GiveBack(live.Grant, live.End!.Cause, now.At);

        // What never began may be offered here again under the same number (a guest's attempt); everything else is over for good.
        if (live.End!.Cause != AttemptEndCause.NotStarted) _over.Add(attempt);
        else if (live.ListedIn > 0) _lettingGo.Add(attempt);
        _news.Freed(attempt);
        effects.Save();
    }

    private void Tell(Effects effects)
    {
        if (_row is null) return;
        if (_news.Next(_row, _devices.States, _grants.Values, _lastBeat) is { } news) effects.Send(Address.Of(node.Region), news, SendMode.UntilAnswered);
    }
}
