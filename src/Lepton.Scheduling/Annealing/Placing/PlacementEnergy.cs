using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
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
    public readonly int NodeOf(int task) => At(_state.Tasks, task).Node;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Owns(int node) => At(_state.Nodes, node).Part == _part;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int HomeOf(int task) => At(_state.Tasks, task).Home;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int NextOnNode(int task) => At(_state.Tasks, task).Next;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly unsafe void Prefetch(int task)
    {
        if (!Sse.IsSupported) return;
        Sse.Prefetch0(Unsafe.AsPointer(ref At(_state.Tasks, task)));
        Sse.Prefetch0(Unsafe.AsPointer(ref At(_a.Need, task * _a.Width)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Fits(int task, int node)
    {
        var w = _a.Width;
        return TLanes.Fits(ref At(_a.Need, task * w), ref Mask(HomeOf(task), node), ref At(_state.Room, node * w), w);
    }

    public readonly bool Holds(int node)
    {
        var w = _a.Width;
        return TLanes.Fits(ref At(_a.Mask, 2 * w), ref At(_a.Mask, 2 * w), ref At(_state.Room, node * w), w);
    }

    public readonly double ShiftDelta(int task, int node, double limit)
    {
        var w = _a.Width;
        ref var row = ref At(_state.Tasks, task);
        var from = row.Node;
        var home = row.Home;
        var over = _state.Over;
        var price = TLanes.ShiftPrice(ref At(_a.Need, task * w), ref At(over, from * w), ref At(over, node * w), ref At(_a.Weight, 0), w);
        price += MovePrice(ref row, node) - MovePrice(ref row, from);
        var change = Away(from, home, node);
        if (price > limit && change >= 0) return IEnergy.Refused;
        if (row.Alone) return change == 0 ? price : WithinLimit(price + _moves.PriceAlone(change), limit);
        ref var group = ref At(_state.Groups, row.Group);
        if (change != 0)
        {
            if (group.Owner != _part) return IEnergy.Refused;
            price += _moves.Price(row.Group, change);
            if (price > limit) return IEnergy.Refused;
        }

        return Allowed(row.Group, from, node) ? price : IEnergy.Refused;
    }

    public void Shift(int task, int node, double delta)
    {
        Move(task, At(_state.Tasks, task).Node, node);
        Change += delta;
    }

    public readonly double SwapDelta(int task, int other, double limit)
    {
        var w = _a.Width;
        ref var row = ref At(_state.Tasks, task);
        ref var rowOther = ref At(_state.Tasks, other);
        var from = row.Node;
        var to = rowOther.Node;
        ref var need = ref At(_a.Need, task * w);
        ref var needOther = ref At(_a.Need, other * w);
        var over = _state.Over;
        var price = TLanes.SwapPrice(ref need, ref needOther, ref At(over, from * w), ref At(over, to * w), ref At(_a.Weight, 0), w);
        price += MovePrice(ref row, to) - MovePrice(ref row, from);
        price += MovePrice(ref rowOther, from) - MovePrice(ref rowOther, to);
        var change = Away(from, row.Home, to);
        var changeOther = Away(to, rowOther.Home, from);
        if (price > limit && change + changeOther >= 0) return IEnergy.Refused;
        ref var atTo = ref Mask(row.Home, to);
        ref var atFrom = ref Mask(row.Home, from);
        ref var otherAtTo = ref Mask(rowOther.Home, to);
        ref var otherAtFrom = ref Mask(rowOther.Home, from);
        if (!TLanes.FitsInstead(ref need, ref atTo, ref needOther, ref otherAtTo, ref At(_state.Room, to * w), w)) return IEnergy.Refused;
        if (!TLanes.FitsInstead(ref needOther, ref otherAtFrom, ref need, ref atFrom, ref At(_state.Room, from * w), w)) return IEnergy.Refused;
        return SwapRules(ref row, ref rowOther, change, changeOther, price, limit);
    }

    public void Swap(int task, int other, double delta)
    {
        var from = NodeOf(task);
        var to = NodeOf(other);
        Move(task, from, to);
        Move(other, to, from);
        Change += delta;
    }

    internal readonly int GroupMovesMax => _moves.Max;

    internal readonly int OwnGroupMovesMax => _moves.OwnMax;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Away(int from, int home, int to) => (from == home ? 1 : 0) - (to == home ? 1 : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double WithinLimit(double price, double limit) => price <= limit ? price : IEnergy.Refused;

    private readonly double SwapRules(ref TaskRow row, ref TaskRow other, int change, int changeOther, double price, double limit)
    {
        ref var group = ref At(_state.Groups, row.Group);
        ref var groupOther = ref At(_state.Groups, other.Group);
        if ((change | changeOther) != 0)
        {
            if ((change != 0 && group.Owner != _part) || (changeOther != 0 && groupOther.Owner != _part)) return IEnergy.Refused;
            price += _moves.Price(row.Group, change, other.Group, changeOther);
        }

        if (price > limit) return IEnergy.Refused;

        // Two of one group change places: every table of the group ends as it was. On the way it does not, and its owner may be reading.
        if (row.Group == other.Group) return group.Owner == _part || AreInOneDomain(row.Node, other.Node) ? price : IEnergy.Refused;
        if (!Allowed(row.Group, row.Node, other.Node)) return IEnergy.Refused;
        if (other.Alone) return price;

        // The second is judged in the state after the first: one may need what the other takes away.
        if (group.Hood >= 0) MoveHood(group.Hood, row.Node, other.Node);
        var allowed = Allowed(other.Group, other.Node, row.Node);
        if (group.Hood >= 0) MoveHood(group.Hood, other.Node, row.Node);
        return allowed ? price : IEnergy.Refused;
    }

    private readonly bool Allowed(int index, int from, int to)
    {
        ref var group = ref At(_state.Groups, index);
        if (group.Rules == 0) return true;
        if (group.Owner != _part && !AreInOneDomain(from, to)) return false;
        ref var before = ref At(_state.Nodes, from);
        ref var after = ref At(_state.Nodes, to);
        for (var t = group.First; t < group.First + group.Count; t++)
        {
            if (At(_state.Tasks, t).Node == to) return false;
        }

        if ((group.Rules & PlacementArrays.Spread) != 0 && !StaysSpread(ref group, before.Location, after.Location)) return false;
        return (group.Rules & PlacementArrays.Depends) == 0 || StaysNear(index, ref group, before.Hood, after.Hood);
    }

    private readonly bool AreInOneDomain(int from, int to)
    {
        ref var before = ref At(_state.Nodes, from);
        ref var after = ref At(_state.Nodes, to);
        return before.Location == after.Location && before.Hood == after.Hood;
    }

    private readonly bool StaysSpread(ref GroupRow group, int from, int to)
    {
        if (from == to) return true;
        var at = group.Spread * _a.Locations;
        if (At(_state.AtLocation, at + from) > 1) return true;
        var gained = At(_state.AtLocation, at + to) == 0 ? 1 : 0;
        return At(_state.LocationsOf, group.Spread) - 1 + gained >= group.MinLocations;
    }

    private readonly bool StaysNear(int index, ref GroupRow group, int from, int to)
    {
        if (from == to) return true;
        var hoods = _a.Hoods;
        var at = group.Hood * hoods;
        if (At(_state.AtHood, at + to) == 0)
        {
            foreach (var need in _a.Needs[index])
            {
                ref var needed = ref At(_state.Groups, need);
                var there = (needed.Hood * hoods) + to;
                if (needed.Owner == _part ? At(_state.AtHood, there) == 0 : !At(_state.Present, there)) return false;
            }
        }

        if (At(_state.AtHood, at + from) > 1) return true;
        if (At(_state.NeededElsewhere, index)) return false;
        foreach (var user in _a.NeededBy[index])
        {
            if (At(_state.AtHood, (At(_state.Groups, user).Hood * hoods) + from) > 0) return false;
        }

        return true;
    }

    private readonly void Move(int task, int from, int to)
    {
        var a = _a;
        var s = _state;
        var w = a.Width;
        ref var row = ref At(s.Tasks, task);
        ref var need = ref At(a.Need, task * w);
        TLanes.Subtract(ref At(s.Over, from * w), ref need, w);
        TLanes.Add(ref At(s.Over, to * w), ref need, w);
        TLanes.AddMasked(ref At(s.Room, from * w), ref need, ref Mask(row.Home, from), w);
        TLanes.SubtractMasked(ref At(s.Room, to * w), ref need, ref Mask(row.Home, to), w);
        s.Unlink(ref row, task, from);
        s.Link(ref row, task, to);
        row.Node = to;
        var change = Away(from, row.Home, to);
        if (row.Alone)
        {
            if (change != 0) _moves.CountAlone(change, ref At(s.Groups, row.Group));
            return;
        }

        _moves.Apply(row.Group, change);
        ref var group = ref At(s.Groups, row.Group);
        if (group.Spread >= 0) MoveLocation(group.Spread, from, to);
        if (group.Hood >= 0) MoveHood(group.Hood, from, to);
    }

    private readonly void MoveLocation(int row, int from, int to)
    {
        var before = At(_state.Nodes, from).Location;
        var after = At(_state.Nodes, to).Location;
        if (before == after) return;
        var at = row * _a.Locations;
        if (--At(_state.AtLocation, at + before) == 0) At(_state.LocationsOf, row)--;
        if (At(_state.AtLocation, at + after)++ == 0) At(_state.LocationsOf, row)++;
    }

    private readonly void MoveHood(int row, int from, int to)
    {
        var before = At(_state.Nodes, from).Hood;
        var after = At(_state.Nodes, to).Hood;
        if (before == after) return;
        At(_state.AtHood, (row * _a.Hoods) + before)--;
        At(_state.AtHood, (row * _a.Hoods) + after)++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly double MovePrice(ref TaskRow row, int node)
    {
        var route = At(_a.RouteCost, At(_state.Nodes, row.Home).RouteRow + At(_state.Nodes, node).RouteColumn);
        return node == row.Home ? route : route + row.MoveCost;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ref int Mask(int home, int node) => ref At(_a.Mask, home == node ? _a.Width : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref T At<T>(T[] array, int index) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), (nint)(uint)index);
}
