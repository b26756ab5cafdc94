using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Neighbours;
using Lepton.Scheduling.Queueing;
using Lepton.Scheduling.Queueing.FairShare;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <summary>
/// A region: its queue, its picture of its nodes and of other regions, and who goes where. It stores nothing but its epoch; everything else is
/// read from the rows of the others at the start and told by them since.
/// </summary>
/// <remarks>
/// Plans only on its own tick, only after its seat has confirmed its epoch, and at most so many assignments at a time. It writes its row, unchanged,
/// with every batch of news that it acknowledges: the ETag is the fence between two activations.
/// </remarks>
public sealed partial class RegionMachine : IStateMachine
{
    /// <summary>Jobs remembered after their end.</summary>
    private const int RememberedJobs = 20_000;

    /// <summary>Pause asked of callers of an activation that another one has replaced.</summary>
    private static readonly TimeSpan ReplacedPause = TimeSpan.FromSeconds(1);

    private readonly RegionId _self;
    private readonly RegionSettings _settings;
    private readonly NodeLedger _ledger = new();
    private readonly Neighbourhood _near;
    private readonly PeerBook _peers;
    private readonly RegionPicker _picker;
    private readonly TaskQueue _queue;
    private readonly QueueDesk _desk;
    private readonly ClosedJobs _closed = new(RememberedJobs);
    private readonly Dictionary<TaskId, Flight> _flights = [];
    private readonly SortedDictionary<TaskId, Guest> _guests = [];
    private RegionRow? _row;
    private DateTimeOffset _startedAt;
    private Standing _standing = Standing.Claiming;

    public RegionMachine(RegionId region, RegionSettings settings)
    {
        _self = region;
        _settings = settings;
        _near = new Neighbourhood(region, _ledger);
        _peers = new PeerBook(settings);
        _picker = new RegionPicker(region, _ledger, _peers);
        _queue = new TaskQueue(settings.Fleet);
        _desk = new QueueDesk(settings.Queues);
        MakeRooms();
        Self = Address.Of(region);
    }

    /// <summary>What the seat has said of this activation.</summary>
    private enum Standing
    {
        Claiming,
        Confirmed,
        Replaced,
    }

    public Address Self { get; }

    public string RowKey => RegionRow.KeyOf(_self);

    public ImmutableArray<RowScan> Scans(Row? own) =>
    [
        new RowScan("job/", true),
        new RowScan("task/", false),
        new RowScan("guest/", true),
        new RowScan("node/", false),
    ];

    public Row? Row => _row;

    public void Ask(Message message, CallId call, Moment now, Effects effects)
    {
        switch (message)
        {
            case AskRegion: effects.Reply(call, View(now)); return;
            case AskOverlay ask: effects.Reply(call, Overlay(ask, now)); return;
            case ExplainTask ask: effects.Reply(call, Explain(ask.Task, now)); return;
            case AskOutlook ask: effects.Reply(call, Outlook(ask, now)); return;
        }

        if (_standing == Standing.Replaced)
        {
            effects.Reply(call, new Busy(ReplacedPause));       // whoever repeats meets the activation that counts
            return;
        }

        // Nobody repeats these once they are acknowledged, and they are kept in memory only. The write is the proof that this activation is the
        // newest: an older one that still lives cannot write, and its callers repeat to the one that counts.
        if (message is JobReady or Withdraw or JobClosed or TaskWaits or TaskSettled or GuestWaits or GangReady) effects.Save();

        switch (message)
        {
            case JobReady ready: TakeReady(ready, call, now, effects); break;
            case Withdraw withdraw: effects.Reply(call, TakeOut(withdraw)); break;
            case JobClosed closed: effects.Reply(call, Forget(closed.Job, effects)); break;
            case TaskWaits waits: effects.Reply(call, TakeWaits(waits, now, effects)); break;
            case TaskSettled settled: effects.Reply(call, TakeSettled(settled, now, effects)); break;
            case TaskRuns runs: effects.Reply(call, TakeRuns(runs)); break;
            case GangReady ready: TakeGangReady(ready, call, effects); break;
            case GuestWaits waits: effects.Reply(call, TakeGuest(waits, now, effects)); break;
            case NodeChanged change: effects.Reply(call, TakeNode(change, now, effects)); break;
            case RegionBeat beat: effects.Reply(call, TakeBeat(beat, now, effects)); break;
            default:
                effects.Reply(call, Replies.DoesNotTake(Self, message));
                break;
        }
    }

    public void Answer(Address to, Message sent, Reply reply, Moment now, Effects effects)
    {
        switch (sent)
        {
            case ClaimOwnership claim: TakeSeatAnswer(claim, reply, now, effects); break;
            case Dispatch dispatch: TakeDispatchAnswer(dispatch, reply, now, effects); break;
            case RegionBeat beat: TakeBeatAnswer(to.Region, beat, reply, now, effects); break;
            case FenceNode fence: TakeFence(fence, reply, now, effects); break;
            case DescribeJob ask: TakeJobDescription(ask.Job, reply, now, effects); break;
            case GroupsEnded: break;        // heard; said again while nothing comes of it
        }
    }

    public void Tick(Moment now, Effects effects)
    {
        if (_standing != Standing.Confirmed) return;
        if (_nextBeat <= now.At) Beat(now, effects);
        if (_nextRecount <= now.At) Recount(now, effects);
        if (_planAt <= now.At && IsFenced(now, effects)) Plan(now, effects);
        if (_planAt is { } plan) effects.WakeAt(plan);
        if (_nextBeat is { } beat) effects.WakeAt(beat);
        if (_nextRecount is { } recount) effects.WakeAt(recount);
    }

    private void TakeSeatAnswer(ClaimOwnership claim, Reply reply, Moment now, Effects effects)
    {
        if (claim.OwnerEpoch != _row!.Epoch || _standing == Standing.Replaced) return;
        if (reply is not SeatState)
        {
            _standing = Standing.Replaced;
            return;
        }

        _standing = Standing.Confirmed;
        if (_peers.Known.Any()) _nextBeat = now.At;
        if (_queue.Jobs.Count > 0) _nextRecount = now.At + RecountEvery;
        _planAt = now.At;
        effects.WakeAt(now.At);
    }

    /// <summary>Something may fit now that did not before, or there is more to place: plan soon.</summary>
    private void PlanSoon(Moment now, Effects effects)
    {
        _planAt = now.At;
        if (_standing == Standing.Confirmed) effects.WakeAt(now.At);
    }

    private Reply TakeNode(NodeChanged change, Moment now, Effects effects)
    {
        if (change.Node.Region != _self)
        {
            return new Refused(RefusalCode.NotOwner, $"Node {change.Node} is not of region {_self}.", "Maybe its agent is configured for another region.");
        }

        var before = _ledger.Revision;
        var reply = _ledger.Apply(change);
        FollowGrants(change);
        if (_ledger.Revision != before) PlanSoon(now, effects);
        return reply;
    }
}
