using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Granting;
using Lepton.Scheduling.Placement.Rules;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>Contact with other regions: beats, summaries, and what silence means.</content>
public sealed partial class RegionMachine
{
    private DateTimeOffset? _nextBeat;
    private long _sequence;
    private ImmutableArray<Capacity> _sizes = [];
    private long _sizesAt;
    private ImmutableArray<string> _labels;
    private ImmutableArray<TaintSet> _taintSets;
    private ImmutableArray<IsolationAbilities> _isolations;
    private long _labelsAt = -1;

    /// <summary>Counted once for all who beat at the same time.</summary>
    private RegionSummary? _lastSummary;

    private void Beat(Moment now, Effects effects)
    {
        _nextBeat = now.At + _settings.RegionBeatEvery;
        var beat = new RegionBeat(Summarise(now));
        foreach (var peer in _peers.Fleet) effects.Send(Address.Of(peer.Region), beat, SendMode.Once);
        foreach (var peer in _peers.Known)
        {
            if (_peers.IsOwnerLost(peer, now.At)) LoseOwner(peer.Region, effects);
            if (_peers.IsDelegationLost(peer, now.At)) TakeBackFrom(peer.Region, effects);
        }
    }

    private Reply TakeBeat(RegionBeat beat, Moment now, Effects effects)
    {
        if (!_settings.Fleet.Contains(beat.Summary.Region) || beat.Summary.Region == _self)
        {
            return new Refused(
                RefusalCode.Invalid,
                $"Region {beat.Summary.Region} is not one of the {_settings.Fleet.Length} regions that {_self} knows.",
                "Maybe add it to the fleet in this region's configuration.");
        }

        if (_peers.Hear(beat.Summary, now.At)) PlanSoon(now, effects);
        if (_lastSummary is null || now.At - _lastSummary.At > _settings.RegionBeatEvery / 2) Summarise(now);
        return new RegionBeatReply(_lastSummary!);
    }

    private void TakeBeatAnswer(RegionId region, RegionBeat sent, Reply reply, Moment now, Effects effects)
    {
        if (reply is not RegionBeatReply answer || answer.Summary.Region != region || _peers.Find(region) is not { } peer) return;
        var mightStart = _peers.MayStartFor(region, now.At);
        peer.Acked(sent.Summary.At);
        var opens = _peers.Hear(answer.Summary, now.At);
        if (opens || (!mightStart && _peers.MayStartFor(region, now.At))) PlanSoon(now, effects);
    }

    /// <summary>The owner has acknowledged nothing for a whole lease: before it takes its work back, that work stops.</summary>
    private void LoseOwner(RegionId owner, Effects effects)
    {
        foreach (var (task, guest) in _guests)
        {
            if (task.Owner != owner || guest.ToldOwnerLost) continue;
            guest.ToldOwnerLost = true;
            effects.Send(Address.Of(task, _self), new OwnerLost(task), SendMode.UntilAnswered);
        }
    }

    private void TakeBackFrom(RegionId silent, Effects effects)
    {
        foreach (var flight in _flights.Values.Where(f => f.Region == silent && !f.TakenBack && f.Attempt > 0).OrderBy(f => f.Task))
        {
            flight.TakenBack = true;
            effects.Send(Address.Of(flight.Task), new DelegationLost(flight.Task, silent), SendMode.UntilAnswered);
        }
    }

    private RegionSummary Summarise(Moment now)
    {
        var (total, free, largest, ready) = (Capacity.Zero, Capacity.Zero, Capacity.Zero, 0);
        foreach (var node in _ledger.Nodes)
        {
            if (node.Phase == NodePhase.Lost || node.Spec is null) continue;
            total += node.Total;
            largest = new Capacity(Math.Max(largest.MilliCpu, node.Total.MilliCpu), Math.Max(largest.MemoryBytes, node.Total.MemoryBytes));
            if (node.Phase != NodePhase.Ready) continue;
            ready++;
            free += AtLeastZero(node.Free);
        }

        var running = _flights.Values.Count(f => f.Region == _self);
        return _lastSummary = new RegionSummary(
            _self, _row!.Epoch, ++_sequence, now.At, _ledger.Nodes.Count, ready, total, free, largest, _queue.Count, running, _guests.Count, Sizes())
        {
            Devices = DevicePools.Of(_ledger.Nodes),
            Labels = Labels(),
            TaintSets = _taintSets,
            Prices = _settings.Prices.Prices.IsDefaultOrEmpty ? null : _settings.Prices,
            Isolations = _isolations,
        };
    }

    /// <summary>Gathered anew only when a node has said anew what it is.</summary>
    private ImmutableArray<string> Labels()
    {
        if (_labelsAt == _ledger.Respecified) return _labels;
        _labelsAt = _ledger.Respecified;
        _taintSets = TaintSets.Of(_ledger.Nodes);
        _isolations = IsolationSet.Of(_ledger.Nodes);
        return _labels = LabelSet.Of(_ledger.Nodes);
    }

    /// <summary>Sorted anew only when something about the nodes has changed.</summary>
    private ImmutableArray<Capacity> Sizes()
    {
        if (_sizesAt == _ledger.Openings) return _sizes;
        _sizesAt = _ledger.Openings;
        return _sizes = NodeSizes.Of(_ledger.Nodes.Where(n => n.Phase != NodePhase.Lost && n.Spec is not null).Select(n => n.Total));
    }

    private static Capacity AtLeastZero(Capacity c) => new(Math.Max(0, c.MilliCpu), Math.Max(0, c.MemoryBytes));
}
