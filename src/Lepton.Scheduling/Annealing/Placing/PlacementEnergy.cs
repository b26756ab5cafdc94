using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lepton.Scheduling.Annealing.Lanes;

namespace Lepton.Scheduling.Annealing.Placing;

/// <summary>One part of a placement: prices and makes moves of its tasks among its nodes, and breaks no rule doing so.</summary>
/// <remarks>
/// Order of tests: room, price against the limit, then rules of the group, from cheap to dear. Indexes come from the arrays themselves,
/// so the hot path reads without bounds checks.
/// Cost: O(lanes) a move, plus the size of the group when the price is right, plus its dependencies when it crosses neighbourhoods.
/// </remarks>
public struct PlacementEnergy<TLanes> : IEnergy
    where TLanes : struct, ILanes
{
    private readonly PlacementState<TLanes> _state;
    private readonly PlacementArrays _a;
    private readonly GroupMoves _moves;
    private readonly int _part;

    internal PlacementEnergy(PlacementState<TLanes> state, GroupMoves moves, int part)
    {
        _state = state;
        _a = state.A;
        _moves = moves;
        _part = part;
    }

    public double Change { get; private set; }

    public readonly bool HoldsHomeWhileAway => _a.AnyHeld;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int NodeOf(int task) => At(_state.NodeOf, task);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Owns(int node) => At(_state.PartOf, node) == _part;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int HomeOf(int task) => At(_a.Home, task);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Fits(int task, int node)
    {
        var w = _a.Width;
        return TLanes.Fits(ref At(_a.Need, task * w), ref Mask(task, node), ref At(_state.Room, node * w), w);
    }

    public readonly bool Holds(int node)
    {
        var w = _a.Width;
        return TLanes.Fits(ref At(_a.Mask, 2 * w), ref At(_a.Mask, 2 * w), ref At(_state.Room, node * w), w);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int NextOnNode(int task) => At(_state.Next, task);

    public readonly double ShiftDelta(int task, int node, double limit)
    {
        var w = _a.Width;
        var from = NodeOf(task);
        var home = HomeOf(task);
        var over = _state.Over;
        var price = TLanes.ShiftPrice(ref At(_a.Need, task * w), ref At(over, from * w), ref At(over, node * w), ref At(_a.Weight, 0), w);
        price += MovePrice(task, home, node) - MovePrice(task, home, from);
        if (price > limit && from != home && node != home) return IEnergy.Refused;
        var group = At(_a.GroupOf, task);
        var owns = At(_state.Owner, group) == _part;
        var change = (from == home ? 1 : 0) - (node == home ? 1 : 0);
        if (change != 0)
        {
            if (!owns) return IEnergy.Refused;
            price += _moves.Price(group, change);
            if (price > limit) return IEnergy.Refused;
        }

        return At(_a.Rules, group) == 0 || Allowed(group, owns, from, node, apart: true) ? price : IEnergy.Refused;
    }

    public void Shift(int task, int node, double delta)
    {
        Move(task, NodeOf(task), node);
        Change += delta;
    }

    public readonly double SwapDelta(int task, int other, double limit)
    {
        var w = _a.Width;
        var from = NodeOf(task);
        var to = NodeOf(other);
        ref var need = ref At(_a.Need, task * w);
        ref var needOther = ref At(_a.Need, other * w);
        ref var weight = ref At(_a.Weight, 0);
        var over = _state.Over;
        var price = TLanes.SwapPrice(ref need, ref needOther, ref At(over, from * w), ref At(over, to * w), ref weight, w);
        var home = HomeOf(task);
        var homeOther = HomeOf(other);
        price += MovePrice(task, home, to) - MovePrice(task, home, from);
        price += MovePrice(other, homeOther, from) - MovePrice(other, homeOther, to);
        var change = (from == home ? 1 : 0) - (to == home ? 1 : 0);
        var changeOther = (to == homeOther ? 1 : 0) - (from == homeOther ? 1 : 0);
        if (price > limit && change + changeOther >= 0) return IEnergy.Refused;
        var room = _state.Room;
        if (!TLanes.FitsInstead(ref need, ref Mask(task, to), ref needOther, ref Mask(other, to), ref At(room, to * w), w)) return IEnergy.Refused;
        if (!TLanes.FitsInstead(ref needOther, ref Mask(other, from), ref need, ref Mask(task, from), ref At(room, from * w), w)) return IEnergy.Refused;
        return SwapRules(task, other, from, to, change, changeOther, price, limit);
    }

    public void Swap(int task, int other, double delta)
    {
        var from = NodeOf(task);
        var to = NodeOf(other);
        Move(task, from, to);
        Move(other, to, from);
        Change += delta;
    }

    internal readonly double GroupMovesMax => _moves.Max;

    internal readonly int OwnGroupMovesMax => _moves.OwnMax;

    private readonly double SwapRules(int task, int other, int from, int to, int change, int changeOther, double price, double limit)
    {
        var group = At(_a.GroupOf, task);
        var groupOther = At(_a.GroupOf, other);
        var owns = At(_state.Owner, group) == _part;
        var ownsOther = At(_state.Owner, groupOther) == _part;
        if ((change | changeOther) != 0)
        {
            if ((change != 0 && !owns) || (changeOther != 0 && !ownsOther)) return IEnergy.Refused;
            price += _moves.Price(group, change, groupOther, changeOther);
        }

        if (price > limit) return IEnergy.Refused;

        // Two of one group change places: every table of the group stays as it is.
        if (group == groupOther) return price;
        if (At(_a.Rules, group) != 0 && !Allowed(group, owns, from, to, apart: true)) return IEnergy.Refused;
        if (At(_a.Rules, groupOther) == 0) return price;

        // The second is judged in the state after the first: one may need what the other takes away.
        var hood = At(_a.HoodRow, group);
        if (hood >= 0) MoveHood(hood, from, to);
        var allowed = Allowed(groupOther, ownsOther, to, from, apart: true);
        if (hood >= 0) MoveHood(hood, to, from);
        return allowed ? price : IEnergy.Refused;
    }

    private readonly bool Allowed(int group, bool owns, int from, int to, bool apart)
    {
        var a = _a;
        var rules = At(a.Rules, group);
        if (!owns && (At(a.Location, from) != At(a.Location, to) || At(a.Hood, from) != At(a.Hood, to))) return false;
        if (apart && (rules & PlacementArrays.Apart) != 0)
        {
            var first = At(a.FirstOfGroup, group);
            var count = At(a.FirstOfGroup, group + 1) - first;
            if (MemoryMarshal.CreateSpan(ref At(_state.NodeOf, first), count).Contains(to)) return false;
        }

        if ((rules & PlacementArrays.Spread) != 0 && !StaysSpread(group, At(a.Location, from), At(a.Location, to))) return false;
        return (rules & PlacementArrays.Depends) == 0 || StaysNear(group, At(a.Hood, from), At(a.Hood, to));
    }

    private readonly bool StaysSpread(int group, int from, int to)
    {
        if (from == to) return true;
        var row = At(_a.SpreadRow, group);
        var at = row * _a.Locations;
        if (At(_state.AtLocation, at + from) > 1) return true;
        var gained = At(_state.AtLocation, at + to) == 0 ? 1 : 0;
        return At(_state.LocationsOf, row) - 1 + gained >= At(_a.MinLocations, group);
    }

    private readonly bool StaysNear(int group, int from, int to)
    {
        if (from == to) return true;
        var at = At(_a.HoodRow, group) * _a.Hoods;
        if (At(_state.AtHood, at + to) == 0)
        {
            foreach (var need in _a.Needs[group])
            {
                var there = (At(_a.HoodRow, need) * _a.Hoods) + to;
                if (At(_state.Owner, need) == _part ? At(_state.AtHood, there) == 0 : !At(_state.Present, there)) return false;
            }
        }

        if (At(_state.AtHood, at + from) > 1) return true;
        if (At(_state.NeededElsewhere, group)) return false;
        foreach (var user in _a.NeededBy[group])
        {
            if (At(_state.AtHood, (At(_a.HoodRow, user) * _a.Hoods) + from) > 0) return false;
        }

        return true;
    }

    private readonly void Move(int task, int from, int to)
    {
        var a = _a;
        var s = _state;
        var w = a.Width;
        var home = At(a.Home, task);
        var group = At(a.GroupOf, task);
        ref var need = ref At(a.Need, task * w);
        TLanes.Subtract(ref At(s.Over, from * w), ref need, w);
        TLanes.Add(ref At(s.Over, to * w), ref need, w);
        TLanes.AddMasked(ref At(s.Room, from * w), ref need, ref Mask(task, from), w);
        TLanes.SubtractMasked(ref At(s.Room, to * w), ref need, ref Mask(task, to), w);
        s.Unlink(task, from);
        s.Link(task, to);
        At(s.NodeOf, task) = to;
        var change = (from == home ? 1 : 0) - (to == home ? 1 : 0);
        if (change != 0) _moves.Apply(group, change);
        var spread = At(a.SpreadRow, group);
        if (spread >= 0) MoveLocation(spread, from, to);
        var hood = At(a.HoodRow, group);
        if (hood >= 0) MoveHood(hood, from, to);
    }

    private readonly void MoveLocation(int row, int from, int to)
    {
        var before = At(_a.Location, from);
        var after = At(_a.Location, to);
        if (before == after) return;
        var at = row * _a.Locations;
        if (--At(_state.AtLocation, at + before) == 0) At(_state.LocationsOf, row)--;
        if (At(_state.AtLocation, at + after)++ == 0) At(_state.LocationsOf, row)++;
    }

    private readonly void MoveHood(int row, int from, int to)
    {
        var before = At(_a.Hood, from);
        var after = At(_a.Hood, to);
        if (before == after) return;
        At(_state.AtHood, (row * _a.Hoods) + before)--;
        At(_state.AtHood, (row * _a.Hoods) + after)++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly double MovePrice(int task, int home, int node)
    {
        var route = At(_a.RouteCost, At(_a.RouteRow, home) + At(_a.RouteColumn, node));
        return node == home ? route : route + At(_a.MoveCost, task);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ref int Mask(int task, int node) => ref At(_a.Mask, At(_a.Home, task) == node ? _a.Width : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref T At<T>(T[] array, int index) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), (nint)(uint)index);
}
