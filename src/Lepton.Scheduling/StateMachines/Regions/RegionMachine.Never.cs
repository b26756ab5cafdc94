using Lepton.Model;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>What can never start here, however long it waits; and when nobody can know.</content>
public sealed partial class RegionMachine
{
    /// <summary>Doubt speaks for the task: a node that has not told what it is or has, or no node beside those it avoids.</summary>
    private bool IsInDoubt(TaskShape shape)
    {
        var others = 0;
        foreach (var node in _ledger.Nodes)
        {
            if (shape.AvoidedNodes.Contains(node.Id)) continue;
            if (node.Spec is not { } spec || node.Total == Capacity.Zero || (shape.NeedsDevices && spec.DevicesFault is not null)) return true;
            others++;
        }

        return others == 0;
    }

    /// <summary>A gang that neither the queue nor the nodes could ever hold as a whole; null: they may.</summary>
    private Verdict? NeverTogether(TaskShape shape, string queue, int size, Moment now)
    {
        if (_desk.Find(queue) is var number and >= 0 && QuotaWords.Never(_desk, number, Times(_desk.AmountsOf(shape), size), _self) is { } quota)
        {
            return quota with { Evidence = $"{quota.Evidence}; all {size} members start together" };
        }

        if (IsInDoubt(shape)) return null;
        long members = 0;
        var rooms = new List<(int Node, int Room)>();
        foreach (var node in _ledger.Nodes)
        {
            if (!OwnRegion.CouldEverFit(shape, node)) continue;
            members += OwnRegion.MostOn(shape, node);
            rooms.Add((node.Number, (int)Math.Min(size, OwnRegion.MostOn(shape, node))));
        }

        if (members >= size && MostApart(shape, rooms, size, now) is var apart && apart < size)
        {
            return new(
                PendingReason.Unsatisfiable,
                $"asked {size} members of {Wording.Asked(shape.Demand)} at the same time, {NearWording.Apart(shape.Neighbours!)}; {Wording.Count(_ledger.Nodes.Count, "node")} of {_self} hold {apart} so when nothing else runs",
                apart > 0 ? $"ask for {apart} members, or let more of them be together" : "let more of them be together");
        }

        return members >= size ? null : new(
            PendingReason.Unsatisfiable,
            $"asked {size} members of {Wording.Asked(shape.Demand)} at the same time; {Wording.Count(_ledger.Nodes.Count, "node")} of {_self} hold {members} when nothing else runs",
            members > 0 ? $"ask for {members} members, or less for each" : "ask less for each member");
    }
}
