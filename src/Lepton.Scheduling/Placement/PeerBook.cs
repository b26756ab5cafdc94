using Lepton.Model;
using Lepton.Scheduling.Placement.Granting;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.Placement;

/// <summary>All other regions of the fleet, and the rules of contact with them.</summary>
internal sealed class PeerBook
{
    private readonly RegionSettings _settings;
    private readonly Dictionary<RegionId, Peer> _peers = [];
    private readonly Peer[] _fleet;

    public PeerBook(RegionSettings settings)
    {
        _settings = settings;
        _fleet = [.. settings.Fleet.Where(r => r != settings.Region).Order().Select(r => new Peer(r, settings.Links.Links.FirstOrDefault(l => l.To == r)?.RoundTripMs))];
        foreach (var peer in _fleet) _peers.Add(peer.Region, peer);
    }

    /// <summary>Prices and weights of the own region.</summary>
    public RegionSettings Settings => _settings;

    /// <summary>The other regions of the fleet, by name.</summary>
    public ReadOnlySpan<Peer> Fleet => _fleet;

    /// <summary>The fleet, and regions that left it while work of theirs or of ours was under way: for these, silence runs as for any other.</summary>
    public IEnumerable<Peer> Known => _peers.Values.OrderBy(p => p.Region);

    /// <summary>Grows whenever another region may take what it did not take before.</summary>
    public long Openings { get; private set; }

    /// <summary>A region not heard for this long is sent nothing new.</summary>
    public TimeSpan SilentAfter => (_settings.RegionBeatEvery * 3) + _settings.LeaseMargin;

    /// <summary>A region named by a stored record.</summary>
    public Peer Meet(RegionId region, DateTimeOffset now)
    {
        if (_peers.TryGetValue(region, out var known)) return known;
        var stranger = new Peer(region);
        _peers.Add(region, stranger);
        Start(stranger, now);
        return stranger;
    }

    public Peer? Find(RegionId region) => _peers.GetValueOrDefault(region);

    /// <summary>
    /// Clocks of an activation that has heard nobody yet.
    /// </summary>
    /// <remarks>
    /// Owner side: silence counts from now, so work is taken back later than it might be, never sooner. Guest side: the owner may have heard us
    /// last well before the restart, so running guests get only one node lease of it; waiting ones start after a real answer.
    /// </remarks>
    public void Restart(DateTimeOffset now)
    {
        foreach (var peer in _fleet) Start(peer, now);
    }

    private void Start(Peer peer, DateTimeOffset now)
    {
        var grace = _settings.NodeLease < _settings.DelegationLease ? _settings.NodeLease : _settings.DelegationLease;
        peer.StartClocks(heard: now, acked: now - _settings.DelegationLease + grace);
    }

    /// <returns>True when the region may take what it did not take before.</returns>
    public bool Hear(RegionSummary summary, DateTimeOffset now)
    {
        if (Find(summary.Region) is not { } peer) return false;
        var wasReachable = IsReachable(peer, now);
        if (!peer.Hear(summary, now, _settings.RegionBeatEvery) && wasReachable) return false;
        Openings++;
        return true;
    }

    public void Freed() => Openings++;

    public bool IsReachable(Peer peer, DateTimeOffset now) => peer.WasHeard && now - peer.HeardAt <= SilentAfter;

    /// <summary>Whether work of this owner may be started here.</summary>
    public bool MayStartFor(RegionId owner, DateTimeOffset now) => Find(owner) is { WasAcked: true } peer && !IsOwnerLost(peer, now);

    public bool IsOwnerLost(Peer owner, DateTimeOffset now) => now - owner.AckedAt > _settings.DelegationLease;

    public bool IsDelegationLost(Peer silent, DateTimeOffset now) => now - silent.HeardAt > _settings.DelegationTakeBack;

    /// <summary>It is heard, one of its nodes is large enough, and by its word there is room.</summary>
    public bool HasRoom(Peer peer, Demand demand, DateTimeOffset now) =>
        IsReachable(peer, now) && CouldEverFit(peer, demand) && peer.Summary!.ReadyNodes > 0 && peer.Free.Fits(demand.Capacity)
        && HasDevicesFree(peer, demand);

    /// <summary>Room for so many tasks of one demand at once. Cost: O(ways × pools).</summary>
    public bool HasRoom(Peer peer, Demand demand, int tasks, DateTimeOffset now) =>
        HasRoom(peer, demand, now)
        && peer.Free.Fits(new Capacity(demand.Capacity.MilliCpu * tasks, demand.Capacity.MemoryBytes * tasks))
        && HasDevicesFree(peer, demand, tasks);

    /// <summary>It is heard and could run a task that may run nowhere else; full or not, up to twice what it has in all.</summary>
    public bool TakesPinned(Peer peer, Demand demand, DateTimeOffset now) =>
        IsReachable(peer, now) && CouldEverFit(peer, demand) && PinnedLimit(peer).Fits(peer.Delegated + demand.Capacity)
        && (!demand.NeedsDevices || PinnedDeviceMilli(peer) >= peer.DelegatedDeviceMilli + Peer.DeviceMilli(demand));

    public static Capacity PinnedLimit(Peer peer) => peer.Summary is { } s ? s.Total + s.Total : Capacity.Zero;

    public static long PinnedDeviceMilli(Peer peer) => 2L * DeviceAsk.Whole * (peer.Summary?.Devices.OrEmpty().Sum(p => p.Total) ?? 0);

    /// <summary>By what it says of its nodes' labels and taints, one of them may meet what the task asks, and by what was sent there its neighbours leave it room.</summary>
    public static bool MaySuit(Peer peer, TaskShape shape, int tasks = 1) => shape.Neighbours?.Against(peer, tasks) is null && HasNodesFor(peer, shape);

    public static bool HasNodesFor(Peer peer, TaskShape shape) => peer.Summary is not { } summary || shape.Rules.MayHoldIn(summary);

    public static bool CouldEverFit(Peer peer, Demand demand) =>
        peer.Summary is { } summary && NodeSizes.CouldHold(summary, demand.Capacity) && HasDevices(summary, demand);

    /// <summary>Whether a region that says this of itself has devices for one way of the demand, were they free.</summary>
    public static bool HasDevices(RegionSummary summary, Demand demand)
    {
        if (!demand.NeedsDevices) return true;
        foreach (var ask in demand.DeviceAsks())
        {
            foreach (var pool in summary.Devices.OrEmpty())
            {
                if (DeviceFit.CouldEverFit(ask, pool)) return true;
            }
        }

        return false;
    }

    public static bool HasDevicesFree(Peer peer, Demand demand, int tasks = 1)
    {
        if (!demand.NeedsDevices) return true;
        foreach (var ask in demand.DeviceAsks())
        {
            foreach (var pool in peer.Summary!.Devices.OrEmpty())
            {
                if (DeviceFit.HasRoom(ask, pool, peer.SentDeviceMilli + ((tasks - 1L) * ask.Count * ask.ShareMilli))) return true;
            }
        }

        return false;
    }
}
