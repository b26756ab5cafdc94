using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement.Granting;

namespace Lepton.Scheduling.Placement;

/// <summary>Where a task goes: a node here, another region, or nowhere now.</summary>
internal readonly record struct Choice(NodeEntry? Node, Peer? Region, ImmutableArray<DeviceGrant> Devices = default)
{
    public static readonly Choice Nowhere;

    public bool IsNowhere => Node is null && Region is null;
}

/// <summary>
/// Chooses between the own region and the others: where the file lies, else in the order of the task's list if that counts, else where the data
/// is, else here, else where there is room.
/// </summary>
/// <remarks>Cost: one <see cref="Placer"/> pick and O(regions).</remarks>
internal sealed class RegionPicker(RegionId self, NodeLedger ledger, PeerBook peers)
{
    /// <summary>Wishes to be near or away come before all scores together.</summary>
    private const double WishWeight = 1_000_000;

    private readonly Placer _placer = new();
    private readonly DeviceBoards _boards = new(ledger);
    private readonly double[] _weights = [.. PlacementPolicies.RegionScorers.Select(s => PlacementPolicies.WeightOf(s, peers.Settings))];
    private ImmutableArray<DevicePool> _pools = [];
    private long _pricedAt = -1;

    /// <param name="shape">The task.</param>
    /// <param name="not">Regions that refused this task lately.</param>
    /// <param name="now">For how long ago others were heard.</param>
    /// <param name="here">Its queue may hold it in this region.</param>
    public Choice Pick(TaskShape shape, ImmutableArray<RegionId> not, DateTimeOffset now, bool here = true)
    {
        if (shape.PinnedTo is { } pin && pin != self) return Pinned(shape, pin, not, now);
        if (shape.IsOrdered) return FirstWithRoom(shape, not, now, here);
        if (NearerTo(shape, 1, not, now) is { } near) return new Choice(null, near);
        if (shape.Neighbours is { HasRegionWishes: true } others && BestOther(shape, not, now) is { } wished && others.Wish(wished.Region, false) > others.Wish(self, true))
        {
            return new Choice(null, wished);
        }

        if (here && shape.Allows(self))
        {
            var chosen = PickHere(shape);
            if (!chosen.IsNowhere) return chosen;
        }

        return new Choice(null, BestOther(shape, not, now));
    }

    /// <summary>The region with most of what it reads, of those that have more than this one, and room.</summary>
    private Peer? NearerTo(TaskShape shape, int members, ImmutableArray<RegionId> not, DateTimeOffset now)
    {
        var here = shape.Data.In(self);
        foreach (var (region, share) in shape.Data.All)
        {
            if (share <= here || region == self) break;
            if (!not.Contains(region) && shape.Allows(region) && peers.Find(region) is { } near && PeerBook.MaySuit(near, shape, members) && peers.HasRoom(near, shape.Demand, members, now)) return near;
        }

        return null;
    }

    /// <summary>A node of the own region; the caller has seen to it that this region is allowed.</summary>
    public Choice PickHere(TaskShape shape)
    {
        if (!shape.NeedsDevices) return new Choice(_placer.Pick(shape, ledger), null);
        var node = _boards.Pick(shape, out var devices);
        return node is null ? Choice.Nowhere : new Choice(node, null, devices);
    }

    /// <summary>Another region for a whole gang: by its word it has room for all members together. Cost: O(regions).</summary>
    /// <param name="preferred">Only a region that is preferred to this one.</param>
    public Peer? PickElsewhere(TaskShape shape, int members, ImmutableArray<RegionId> not, DateTimeOffset now, bool preferred = false)
    {
        Peer? best = null;
        if (shape.IsOrdered)
        {
            foreach (var region in shape.Allowed)
            {
                if (region == self && preferred) return null;
                if (!not.Contains(region) && peers.Find(region) is { } next && PeerBook.MaySuit(next, shape, members) && peers.HasRoom(next, shape.Demand, members, now)) return next;
            }

            return null;
        }

        if (preferred) return NearerTo(shape, members, not, now);
        Price(shape);
        var most = 0.0;
        foreach (var peer in peers.Fleet)
        {
            if (not.Contains(peer.Region) || !shape.Allows(peer.Region) || !PeerBook.MaySuit(peer, shape, members) || !peers.HasRoom(peer, shape.Demand, members, now)) continue;
            if (ScoreOf(shape, peer) is var score && (best is null || score > most)) (best, most) = (peer, score);
        }

        return best;
    }

    /// <summary>The first region of the list that has room; neither data nor load count.</summary>
    private Choice FirstWithRoom(TaskShape shape, ImmutableArray<RegionId> not, DateTimeOffset now, bool here)
    {
        foreach (var region in shape.Allowed)
        {
            if (region == self)
            {
                if (here && PickHere(shape) is { IsNowhere: false } chosen) return chosen;
            }
            else if (!not.Contains(region) && peers.Find(region) is { } peer && PeerBook.MaySuit(peer, shape) && peers.HasRoom(peer, shape.Demand, now))
            {
                return new Choice(null, peer);
            }
        }

        return Choice.Nowhere;
    }

    /// <summary>One node of this region, though its room is held back; nowhere when it does not fit there.</summary>
    public Choice PickHeld(TaskShape shape, NodeEntry node)
    {
        var heldFor = node.HeldFor;
        node.HeldFor = null;
        try
        {
            if (Placer.TurnedDownBy(shape, node) is not null) return Choice.Nowhere;
            if (!shape.NeedsDevices) return new Choice(node, null);
            return _boards.PickOn(shape, node, out var devices) ? new Choice(node, null, devices) : Choice.Nowhere;
        }
        finally
        {
            node.HeldFor = heldFor;
        }
    }

    private Choice Pinned(TaskShape shape, RegionId pin, ImmutableArray<RegionId> not, DateTimeOffset now) =>
        !not.Contains(pin) && shape.Allows(pin) && peers.Find(pin) is { } peer && PeerBook.MaySuit(peer, shape) && peers.TakesPinned(peer, shape.Demand, now)
            ? new Choice(null, peer)
            : Choice.Nowhere;

    private Peer? BestOther(TaskShape shape, ImmutableArray<RegionId> not, DateTimeOffset now)
    {
        Peer? best = null;
        Price(shape);
        var most = 0.0;
        foreach (var peer in peers.Fleet)
        {
            if (not.Contains(peer.Region) || !shape.Allows(peer.Region) || !PeerBook.MaySuit(peer, shape) || !peers.HasRoom(peer, shape.Demand, now)) continue;
            if (ScoreOf(shape, peer) is var score && (best is null || score > most)) (best, most) = (peer, score);
        }

        return best;
    }

    /// <summary>Cost: O(scorers with a weight); nothing is allocated.</summary>
    private double ScoreOf(TaskShape shape, Peer peer)
    {
        var score = shape.Neighbours is { HasRegionWishes: true } near ? WishWeight * near.Wish(peer.Region, false) : 0.0;
        for (var i = 0; i < _weights.Length; i++)
        {
            if (_weights[i] != 0) score += _weights[i] * PlacementPolicies.RegionScorers[i].Score(shape, peer);
        }

        return score;
    }

    /// <summary>The price here is what prices elsewhere are compared with; worked out anew when a node has said anew what it is.</summary>
    private void Price(TaskShape shape)
    {
        if (peers.Settings.PriceWeight == 0) return;
        if (_pricedAt != ledger.Respecified) (_pricedAt, _pools) = (ledger.Respecified, DevicePools.Of(ledger.Nodes));
        shape.PriceHere = HourlyPrice.Of(shape, peers.Settings.Prices, _pools);
    }
}
