using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lepton.Scheduling.Annealing.Worlds;

/// <summary>
/// One part of the world: expected completion times + λ × (utilisation − target)² + money + moves, in seconds.
/// </summary>
/// <remarks>
/// Hard in every state: residency, capability, capacity of hard places, quota of tenants by region, copies in different regions. Tests run from
/// bits over room to price, then quota and copies. Cost: O(1) a move, plus the number of copies.
/// </remarks>
public struct WorldEnergy : IEnergy
{
    private readonly WorldState _state;
    private readonly int _part;

    internal WorldEnergy(WorldState state, int part) => (_state, _part) = (state, part);

    public double Change { get; private set; }

    public readonly bool HoldsHomeWhileAway => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int NodeOf(int task) => At(_state.Tasks, task).Node;

    public readonly bool Owns(int node) => At(_state.Places, node).Part == _part;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int HomeOf(int task) => At(_state.Tasks, task).Home;

    public readonly bool Holds(int node) => Vector128.GreaterThanOrEqualAll(At(_state.Places, node).Room, Vector128<int>.Zero);

    public readonly int NextOnNode(int task) => task;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly unsafe void Prefetch(int task)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref At(_state.Tasks, task)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Fits(int task, int node)
    {
        ref var row = ref At(_state.Tasks, task);
        ref var place = ref At(_state.Places, node);
        return Vector128.GreaterThanOrEqualAll(place.Room, row.Need) && MayRun(ref row, ref At(_state.Pools, place.Pool));
    }

    public readonly double ShiftDelta(int task, int node, double limit)
    {
        ref var row = ref At(_state.Tasks, task);
        var from = At(_state.Places, row.Node).Pool;
        var to = At(_state.Places, node).Pool;
        if (from == to) return MovePrice(ref row, node, row.HomeRegion) - MovePrice(ref row, row.Node, row.HomeRegion);
        ref var a = ref At(_state.Pools, from);
        ref var b = ref At(_state.Pools, to);
        if (!MayRun(ref row, ref b)) return IEnergy.Refused;
        var price = PlacePrice(ref row, node, ref b) - PlacePrice(ref row, row.Node, ref a)
            + PoolPrice(ref a, -row.Devices) + PoolPrice(ref b, row.Devices);
        if (price > limit) return IEnergy.Refused;
        if (a.Region == b.Region) return price;
        if (Quota(row.Tenant, b.Region) < row.Devices) return IEnergy.Refused;
        return row.Copies < 0 || IsApart(task, row.Copies, b.Region, -1) ? price : IEnergy.Refused;
    }

    public void Shift(int task, int node, double delta)
    {
        Move(task, node);
        Change += delta;
    }

    public readonly double SwapDelta(int task, int other, double limit)
    {
        ref var row = ref At(_state.Tasks, task);
        ref var rowOther = ref At(_state.Tasks, other);
        ref var placeA = ref At(_state.Places, row.Node);
        ref var placeB = ref At(_state.Places, rowOther.Node);
        ref var a = ref At(_state.Pools, placeA.Pool);
        ref var b = ref At(_state.Pools, placeB.Pool);
        if (!MayRun(ref row, ref b) || !MayRun(ref rowOther, ref a)) return IEnergy.Refused;
        var net = row.Need - rowOther.Need;
        if (!Vector128.GreaterThanOrEqualAll(placeB.Room, net) || !Vector128.GreaterThanOrEqualAll(placeA.Room, -net)) return IEnergy.Refused;
        var price = PlacePrice(ref row, rowOther.Node, ref b) - PlacePrice(ref row, row.Node, ref a)
            + PlacePrice(ref rowOther, row.Node, ref a) - PlacePrice(ref rowOther, rowOther.Node, ref b);
        if (placeA.Pool != placeB.Pool)
        {
            var devices = row.Devices - rowOther.Devices;
            price += PoolPrice(ref a, -devices) + PoolPrice(ref b, devices);
        }

        if (price > limit) return IEnergy.Refused;
        return a.Region == b.Region || MayExchange(task, other, ref row, ref rowOther, a.Region, b.Region) ? price : IEnergy.Refused;
    }

    public void Swap(int task, int other, double delta)
    {
        var (from, to) = (NodeOf(task), NodeOf(other));
        Move(task, to);
        Move(other, from);
        Change += delta;
    }

    private readonly bool MayExchange(int task, int other, ref WorldTaskRow row, ref WorldTaskRow rowOther, int a, int b)
    {
        var (devices, devicesOther) = (row.Devices, rowOther.Devices);
        var same = row.Tenant == rowOther.Tenant;
        if (Quota(row.Tenant, b) + (same ? devicesOther : 0) < devices) return false;
        if (Quota(rowOther.Tenant, a) + (same ? devices : 0) < devicesOther) return false;
        if (row.Copies >= 0 && !IsApart(task, row.Copies, b, other)) return false;
        return rowOther.Copies < 0 || IsApart(other, rowOther.Copies, a, task);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool MayRun(ref WorldTaskRow row, ref WorldPoolRow pool) =>
        (((row.Regions >> pool.Region) & 1) & ((row.Kinds >> pool.Kind) & 1)) != 0;

    /// <summary>Time and money of running there, and of having moved there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly double PlacePrice(ref WorldTaskRow row, int node, ref WorldPoolRow pool)
    {
        var run = pool.InverseSpeed * (row.RunSeconds + (row.DeviceSeconds * pool.SecondsPerDeviceSecond));
        var data = row.DataGiB * At(_state.Link, (row.DataRegion * _state.Regions) + pool.Region);
        return run + data + MovePrice(ref row, node, pool.Region);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly double MovePrice(ref WorldTaskRow row, int node, int region) => node == row.Home
        ? 0
        : (_state.Weights.MoveSeconds * row.Tasks) + (row.CheckpointGiB * At(_state.Link, (row.HomeRegion * _state.Regions) + region));

    /// <summary>λ S (u − target)² + wait × (D − S)²/(2S) above supply: what the pool's price changes by when its demand does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly double PoolPrice(ref WorldPoolRow pool, double devices)
    {
        var w = _state.Weights;
        var (before, after) = (pool.Demand - pool.Supply, pool.Demand - pool.Supply + devices);
        var aim = pool.Demand - (w.Target * pool.Supply);
        var over = Math.Max(after, 0);
        var wasOver = Math.Max(before, 0);
        return pool.InverseSupply * ((w.Lambda * devices * ((2 * aim) + devices)) + (0.5 * w.WaitSeconds * ((over * over) - (wasOver * wasOver))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Quota(int tenant, int region) => At(_state.QuotaLeft, (tenant * _state.Regions) + region);

    private readonly bool IsApart(int task, int copies, int region, int leaving)
    {
        foreach (var other in _state.CopiesOf[copies])
        {
            if (other == task || other == leaving) continue;
            if (At(_state.Pools, At(_state.Places, At(_state.Tasks, other).Node).Pool).Region == region) return false;
        }

        return true;
    }

    private readonly void Move(int task, int node)
    {
        ref var row = ref At(_state.Tasks, task);
        ref var from = ref At(_state.Places, row.Node);
        ref var to = ref At(_state.Places, node);
        from.Room += row.Need;
        to.Room -= row.Need;
        row.Node = node;
        if (from.Pool == to.Pool) return;
        ref var a = ref At(_state.Pools, from.Pool);
        ref var b = ref At(_state.Pools, to.Pool);
        a.Demand -= row.Devices;
        b.Demand += row.Devices;
        if (a.Region == b.Region) return;
        At(_state.QuotaLeft, (row.Tenant * _state.Regions) + a.Region) += row.Devices;
        At(_state.QuotaLeft, (row.Tenant * _state.Regions) + b.Region) -= row.Devices;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref T At<T>(T[] array, int index) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), (nint)(uint)index);
}
