using Lepton.Model;
using Lepton.Scheduling.Placement;

namespace Lepton.Scheduling.Explaining;

/// <summary>What another region's summary says to a shape: as old as the picture.</summary>
internal static class OtherRegion
{
    public static (Verdict Verdict, RegionVerdict Region) Judge(TaskShape shape, Peer peer, PeerBook peers, DateTimeOffset now)
    {
        var verdict = Reason(shape, peer, peers, now);
        var nodes = peer.Summary?.Nodes ?? 0;
        return (verdict, new RegionVerdict(peer.Region, verdict.Reason, verdict.Evidence, nodes, 0, [], now - peer.HeardAt));
    }

    private static Verdict Reason(TaskShape shape, Peer peer, PeerBook peers, DateTimeOffset now)
    {
        var asked = Wording.Asked(shape.Demand);
        var age = Wording.Seconds(now - peer.HeardAt);
        if (shape.Residency is { } residency && !residency.Allows(peer.Region)) return OwnRegion.Outside(residency, peer.Region);
        if (!shape.Allows(peer.Region))
        {
            return shape.PinnedTo is { } pin
                ? new(PendingReason.RegionNotAllowed, $"its input is a file in {pin}", "move the input to a store that other regions can read")
                : OwnRegion.NotWithData(shape, peer.Region) ?? new(PendingReason.RegionNotAllowed, $"may run in {OwnRegion.Names(shape.Allowed)} only", $"add {peer.Region} to the regions of the task");
        }

        if (!peers.IsReachable(peer, now) || peer.Summary is not { } summary)
        {
            var contact = peer.WasHeard ? $"last heard {age} ago" : $"not heard since this region started {age} ago";
            return new(PendingReason.RegionUnreachable, $"region {peer.Region} {contact}; limit {Wording.Seconds(peers.SilentAfter)}", "wait for contact, or allow other regions");
        }

        if (!shape.Rules.MayEnforceIn(summary))
        {
            return new(
                PendingReason.Unsatisfiable,
                $"asked nodes with isolation: {IsolationText.Of(shape.Rules.Isolation)}; the {Wording.Count(summary.Nodes, "node")} of {peer.Region} enforce {string.Join(" or ", summary.Isolations.Select(IsolationText.Of))}",
                RuleWording.HelpIsolation(shape.Rules));
        }

        if (shape.Neighbours?.Against(peer) is { } term) return NearWording.Against(term, peer);
        if (!PeerBook.HasNodesFor(peer, shape))
        {
            return new(
                PendingReason.Unsatisfiable,
                $"asked {RuleWording.Nodes(shape.Rules)}; {Wording.Count(summary.Nodes, "node")} of {peer.Region}: {RuleWording.Why(shape.Rules, summary)}",
                "change what the task asks of nodes or tolerates, or start an agent with such labels (--label) or without taints");
        }

        if (!PeerBook.HasDevices(summary, shape.Demand))
        {
            return new(
                PendingReason.Unsatisfiable,
                $"asked {asked}; {peer.Region} has {DeviceWording.Pools(summary, shape.Demand, free: false)}",
                "ask for devices that the region has, or for fewer");
        }

        if (!PeerBook.CouldEverFit(peer, shape.Demand))
        {
            return new(
                PendingReason.Unsatisfiable,
                $"asked {asked}; the nearest of {Wording.Count(summary.Nodes, "node")} of {peer.Region} has {NodeSizes.Nearest(summary, shape.Demand.Capacity)} in all",
                Wording.Shrink(shape.Demand, NodeSizes.Nearest(summary, shape.Demand.Capacity)));
        }

        if (shape.PinnedTo == peer.Region && !peers.TakesPinned(peer, shape.Demand, now))
        {
            return new(
                PendingReason.InsufficientCapacity,
                $"asked {asked}; {peer.Delegated} is delegated to {peer.Region} already, limit {PeerBook.PinnedLimit(peer)}",
                "wait until a task ends there");
        }

        if (shape.PinnedTo != peer.Region && summary.ReadyNodes == 0)
        {
            return new(PendingReason.NoEligibleNode, $"asked {asked}; 0 of {Wording.Count(summary.Nodes, "node")} of {peer.Region} are ready", "wait for the nodes");
        }

        if (shape.PinnedTo != peer.Region && !PeerBook.HasDevicesFree(peer, shape.Demand))
        {
            return new(
                PendingReason.InsufficientCapacity,
                $"asked {asked}; {peer.Region} has {DeviceWording.Pools(summary, shape.Demand, free: true)} by its word of {age} ago",
                "wait until a task ends, or ask for fewer or other devices");
        }

        return shape.PinnedTo == peer.Region || peers.HasRoom(peer, shape.Demand, now)
            ? new(PendingReason.BehindInQueue, $"asked {asked}; {peer.Region} has {peer.Free} free by its word of {age} ago", "nothing: it is placed in the order of the queue")
            : new(
                PendingReason.InsufficientCapacity,
                $"asked {asked}; {peer.Region} has {peer.Free} free of {summary.Total} by its word of {age} ago",
                "wait until a task ends, or ask for less");
    }
}
