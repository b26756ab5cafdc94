using Lepton.Model;
using Lepton.Scheduling.Placement.Granting;

namespace Lepton.Scheduling.Placement.Neighbours;

/// <summary>Where the members of a gang that is about to be placed should stand: on one node, else in one rack, else in one zone, as far as there is room.</summary>
/// <remarks>
/// <b>Input</b> the shape of the members and how many they are. <b>Output</b> a score of at most 1 for each node; nodes fill up in its order. The smallest place
/// with room for all comes first; where only zones have, the one that needs the fewest racks, largest first. <b>Cost</b> O(nodes × filters + racks × log) for each try;
/// allocates only when the region grows. <b>Limits</b> a node's room is counted by its free cores, memory and devices: what members take from one another in other ways
/// may send one to the next best place. A region whose nodes carry no such labels has no sites and pays nothing.
/// </remarks>
internal sealed class GangSite
{
    private const int None = -1;

    /// <summary>Score of a node where the gang cannot be whole: less than all that other wishes could add.</summary>
    private const float Outside = -9;

    private readonly NodeLedger _ledger;
    private readonly Dictionary<(int Zone, int Rack), int> _numbers = [];
    private readonly List<Block> _blocks = [];
    private readonly List<int> _order = [];
    private readonly Dictionary<int, int> _zoneRooms = [];
    private readonly Comparison<int> _byZoneAndRoom;
    private readonly Comparison<int> _byWorth;
    private int[] _rooms = [];
    private float[] _scores = [];
    private int _count;
    private int _firstBlock;
    private int _firstZone;

    public GangSite(NodeLedger ledger)
    {
        _ledger = ledger;
        _byZoneAndRoom = ByZoneAndRoom;
        _byWorth = ByWorth;
    }

    /// <summary>Nodes of one rack of one zone, and how many members they have room for; -1: the label is missing.</summary>
    private readonly record struct Block(int Zone, int Rack, int Room);

    /// <summary>Grows whenever a score has changed.</summary>
    public long Version { get; private set; }

    /// <summary>1 for what fills up first, and for everything as long as no gang was tried; far below 0 where a rule keeps the gang from being whole.</summary>
    public float Score(NodeEntry node) => (uint)node.Number < (uint)_count ? _scores[node.Number] : 1;

    /// <summary>Works the scores out for a gang that is tried next. Where not all find room, they stay: it is not placed.</summary>
    /// <param name="shape">Of each member, among its neighbours.</param>
    /// <param name="members">How many are to be placed.</param>
    /// <param name="rules">Their own: how many a node may have at most, and in one of what they must all be.</param>
    public void Settle(TaskShape shape, int members, NeighbourRules rules)
    {
        var mostOnNode = Math.Min(members, rules.MostOnNode);
        var nodes = _ledger.NodeSpan;
        if (_rooms.Length < nodes.Length) (_rooms, _scores, _count) = (new int[nodes.Length * 2], new float[nodes.Length * 2], 0);
        var inOne = rules.MustShare is { } level ? (level, SmallestFor(shape, nodes, members, mostOnNode, level)) : ((DomainLevel, int)?)null;
        if (inOne is (_, None) || Count(shape, nodes, mostOnNode, inOne) < members) return;
        var single = None;
        for (var n = 0; n < nodes.Length; n++)
        {
            if (_rooms[n] >= members && (single == None || Spare(nodes[n]).CompareTo(Spare(nodes[single])) < 0)) single = n;
        }

        Order(members, single == None ? None : _numbers[(nodes[single].ZoneDomain, nodes[single].RackDomain)]);
        for (var place = 0; place < _order.Count; place++) _numbers[(_blocks[_order[place]].Zone, _blocks[_order[place]].Rack)] = place;
        var changed = _count != nodes.Length;
        for (var n = 0; n < nodes.Length; n++)
        {
            // score = 1 for the one node that takes all, else 1 / (2 + place of its rack, from 0): the first places differ most
            var score = n == single ? 1 : inOne is var (by, domain) && nodes[n].DomainAt(by) != domain ? Outside : 1f / (2 + _numbers[(nodes[n].ZoneDomain, nodes[n].RackDomain)]);
            changed |= _scores[n] != score;
            _scores[n] = score;
        }

        _count = nodes.Length;
        if (changed) Version++;
    }

    /// <summary>The node that is fullest afterwards takes the gang, so that large gaps stay large.</summary>
    private static (long Devices, long MilliCpu) Spare(NodeEntry node)
    {
        var devices = 0L;
        foreach (var group in node.Devices.Groups)
        {
            foreach (var device in group.Devices) devices += device.FreeMilli;
        }

        return (devices, node.Free.MilliCpu);
    }

    /// <summary>Where all must be in one domain: the smallest one with room for all of them, and only its nodes count; -1: none has. The first that is placed binds the others to it.</summary>
    private int SmallestFor(TaskShape shape, ReadOnlySpan<NodeEntry> nodes, int members, int mostOnNode, DomainLevel level)
    {
        _zoneRooms.Clear();
        foreach (var node in nodes)
        {
            if (node.DomainAt(level) is not (>= 0 and var domain) || Placer.TurnedDownBy(shape, node) is not null) continue;
            _zoneRooms[domain] = Math.Min(int.MaxValue / 2, _zoneRooms.GetValueOrDefault(domain) + RoomOn(shape, node, mostOnNode));
        }

        var best = None;
        foreach (var (domain, room) in _zoneRooms)
        {
            if (room >= members && (best == None || (room, domain).CompareTo((_zoneRooms[best], best)) < 0)) best = domain;
        }

        return best;
    }

    /// <summary>Sums up what each rack and zone has room for. Returns the room of all nodes together.</summary>
    private long Count(TaskShape shape, ReadOnlySpan<NodeEntry> nodes, int mostOnNode, (DomainLevel Level, int Domain)? inOne)
    {
        _numbers.Clear();
        _blocks.Clear();
        _zoneRooms.Clear();
        var all = 0L;
        for (var n = 0; n < nodes.Length; n++)
        {
            var node = nodes[n];
            var isOutside = inOne is var (level, domain) && node.DomainAt(level) != domain;
            var room = !isOutside && Placer.TurnedDownBy(shape, node) is null ? RoomOn(shape, node, mostOnNode) : 0;
            var key = (node.ZoneDomain, node.RackDomain);
            if (!_numbers.TryGetValue(key, out var number))
            {
                _numbers.Add(key, number = _blocks.Count);
                _blocks.Add(new Block(node.ZoneDomain, node.RackDomain, 0));
            }

            // More than all is not more: sums stay small.
            _blocks[number] = _blocks[number] with { Room = Math.Min(int.MaxValue / 2, _blocks[number].Room + room) };
            _zoneRooms[node.ZoneDomain] = Math.Min(int.MaxValue / 2, _zoneRooms.GetValueOrDefault(node.ZoneDomain) + room);
            _rooms[n] = room;
            all += room;
        }

        return all;
    }

    /// <summary>How many members a node has room for now.</summary>
    private static int RoomOn(TaskShape shape, NodeEntry node, int most)
    {
        var (free, asked) = (node.Free, shape.Demand.Capacity);
        if (asked.MilliCpu > 0) most = (int)Math.Min(most, free.MilliCpu / asked.MilliCpu);
        if (asked.MemoryBytes > 0) most = (int)Math.Min(most, free.MemoryBytes / asked.MemoryBytes);
        if (!shape.NeedsDevices) return most;
        var devices = 0;
        foreach (var way in shape.Ways) devices = Math.Max(devices, DeviceFit.Rooms(way.Ask, node));
        return Math.Min(most, devices);
    }

    /// <summary>Puts the racks in order. <paramref name="first"/>: the one that goes first whatever the others have; -1: that is to be found.</summary>
    private void Order(int members, int first)
    {
        _order.Clear();
        for (var b = 0; b < _blocks.Count; b++) _order.Add(b);
        _firstBlock = first == None ? SmallestRack(members) : first;
        _firstZone = _firstBlock == None ? BestZone(members) : _blocks[_firstBlock].Zone;
        _order.Sort(_byWorth);
    }

    private int SmallestRack(int members)
    {
        var smallest = None;
        for (var b = 0; b < _blocks.Count; b++)
        {
            var block = _blocks[b];
            if (block.Rack == None || block.Room < members) continue;
            if (smallest == None || (block.Room, block.Zone, block.Rack).CompareTo((_blocks[smallest].Room, _blocks[smallest].Zone, _blocks[smallest].Rack)) < 0) smallest = b;
        }

        return smallest;
    }

    /// <summary>The zone that holds all in the fewest racks; of equal ones the smallest.</summary>
    private int BestZone(int members)
    {
        _order.Sort(_byZoneAndRoom);
        var best = (Zone: None, Racks: int.MaxValue, Room: int.MaxValue);
        for (var from = 0; from < _order.Count;)
        {
            var zone = _blocks[_order[from]].Zone;
            var (racks, room, to) = (0, 0, from);
            for (; to < _order.Count && _blocks[_order[to]].Zone == zone; to++)
            {
                if (room >= members) continue;
                room += _blocks[_order[to]].Room;
                racks++;
            }

            if (zone != None && room >= members && (racks, _zoneRooms[zone]).CompareTo((best.Racks, best.Room)) < 0) best = (zone, racks, _zoneRooms[zone]);
            from = to;
        }

        return best.Zone;
    }

    private int ByZoneAndRoom(int a, int b)
    {
        var (one, other) = (_blocks[a], _blocks[b]);
        return one.Zone != other.Zone ? one.Zone.CompareTo(other.Zone)
            : (one.Rack == None) != (other.Rack == None) ? (one.Rack == None ? 1 : -1)
            : one.Room != other.Room ? other.Room.CompareTo(one.Room)
            : one.Rack.CompareTo(other.Rack);
    }

    private int ByWorth(int a, int b)
    {
        if (a == b) return 0;
        if (a == _firstBlock || b == _firstBlock) return a == _firstBlock ? -1 : 1;
        var (one, other) = (_blocks[a].Zone, _blocks[b].Zone);
        if (one == other) return ByZoneAndRoom(a, b);
        if (_firstZone != None && (one == _firstZone || other == _firstZone)) return one == _firstZone ? -1 : 1;
        if ((one == None) != (other == None)) return one == None ? 1 : -1;
        return _zoneRooms[one] != _zoneRooms[other] ? _zoneRooms[other].CompareTo(_zoneRooms[one]) : one.CompareTo(other);
    }
}
