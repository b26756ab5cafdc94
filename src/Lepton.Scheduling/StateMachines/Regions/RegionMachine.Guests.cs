using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Queueing;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>Guests, and what regions tell each other by sending a task back.</content>
public sealed partial class RegionMachine
{
    /// <summary>Guests whose queue this region does not have: their owner has all regions to choose from.</summary>
    private void SendHomeless(Moment now, Effects effects)
    {
        foreach (var (name, lines) in _queue.Queues.ToArray())
        {
            if (_desk.Find(name) >= 0) continue;
            foreach (var guest in lines.Rows.SelectMany(l => l.Again.Values).Where(t => t.Run is not null && t.NotBefore <= now.At).ToArray())
            {
                SendBack(guest, $"Region {_self} has no queue {name}; its queues are {_desk.Names}.", effects);
            }
        }
    }

    /// <summary>
    /// A guest has only this region, its owner has all of them: what no node here could ever hold goes back at once, what finds no room for a
    /// whole delegation lease goes back then, unless its input lies here.
    /// </summary>
    private void MaySendBack(WaitingTask guest, int queue, Moment now, Effects effects)
    {
        var beyondQuota = _desk.Quotas.NeverFits(queue, _desk.AmountsOf(guest.Shape)) >= 0;
        var fitsNever = beyondQuota || !CouldEverFitHere(guest.Shape);
        var until = guest.QueuedAt + _settings.DelegationLease;
        if (!fitsNever && (guest.Run!.Input?.IsFile() == true || now.At < until))
        {
            if (now.At < until) WakeFor(until);
            return;
        }

        SendBack(
            guest,
            beyondQuota ? $"Queue {guest.Queue} of {_self} can never hold {Wording.Asked(guest.Shape.Demand)}."
            : fitsNever ? $"None of the {_ledger.Nodes.Count} nodes of {_self} that it may use holds {Wording.Asked(guest.Shape.Demand)}."
            : $"It found no room in {_self} for {Wording.Seconds(now.At - guest.QueuedAt)}.",
            effects);
    }

    private void SendBack(WaitingTask guest, string why, Effects effects)
    {
        _queue.TakeAgain(guest.Task);
        effects.Send(Address.Of(guest.Task, _self), new SendBack(new AttemptId(guest.Task, guest.LastAttempt), why), SendMode.UntilAnswered);
    }

    /// <summary>Asked once per shape as long as nothing changes: many guests may look the same.</summary>
    private bool CouldEverFitHere(TaskShape shape)
    {
        Hopeless();
        if (!_everFits.TryGetValue(shape, out var fits)) _everFits.Add(shape, fits = _ledger.Nodes.Any(node => OwnRegion.CouldEverFit(shape, node)));
        return fits;
    }

    /// <summary>Longest time for which a region that refused a task again and again is not asked.</summary>
    private static readonly TimeSpan LongestRefusal = TimeSpan.FromMinutes(10);

    /// <summary>
    /// What a region's summary cannot tell (nodes a task avoids, room split up) it tells by sending the task back. hold = first * 2^(times - 1):
    /// a task that fits nowhere there must not travel for ever.
    /// </summary>
    private ImmutableArray<Refusal> RefusalsAfter(Flight flight, Moment now)
    {
        var known = flight.Before?.Refusals ?? [];
        if (flight.Region == _self) return known;
        var before = known.FirstOrDefault(r => r.Region == flight.Region);
        var times = (before?.Times ?? 0) + 1;
        var hold = _settings.ResendLongest * Math.Pow(2, Math.Min(times, 16));
        var until = now.At + (hold < LongestRefusal ? hold : LongestRefusal);
        var refusal = new Refusal(flight.Region, times, until, _peers.Find(flight.Region)?.Changes ?? 0);
        return before is null ? known.Add(refusal) : known.Replace(before, refusal);
    }

    private ImmutableArray<RegionId> Refusers(WaitingTask task, Moment now)
    {
        if (task.Refusals.IsEmpty) return [];
        var refusers = ImmutableArray.CreateBuilder<RegionId>();
        foreach (var refusal in task.Refusals)
        {
            var isNews = refusal.Times == 1 && _peers.Find(refusal.Region)?.Changes > refusal.Changes;
            if (isNews || now.At >= refusal.Until) continue;
            refusers.Add(refusal.Region);
            WakeFor(refusal.Until);
        }

        return refusers.ToImmutable();
    }
}
