using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Lepton.Scheduling.Annealing.Plain;

/// <summary>One part of a plain placement. A move is priced from two rows of nodes and one of the task, and nothing else.</summary>
/// <remarks>Moving x (a share of capacity) onto load u changes u² by x(2u + x), and taking it off by −x(2u − x).</remarks>
public struct PlainEnergy : IEnergy
{
    private readonly int[] _need;
    private readonly int[] _nodeOf;
    private readonly int[] _rows;
    private readonly PlainState _state;
    private readonly int _part;

    internal PlainEnergy(PlainState state, int part) =>
        (_need, _nodeOf, _rows, _state, _part) = (state.Need, state.NodeOf, state.NodeRows, state, part);

    public double Change { get; private set; }

    public readonly bool HoldsHomeWhileAway => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int NodeOf(int task) => At(_nodeOf, task);

    public readonly bool Owns(int node) => _state.PartOf[node] == _part;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int HomeOf(int task) => At(_state.Home, task);

    public readonly bool Holds(int node) => Vector128.GreaterThanOrEqualAll(Room(node), Vector128<int>.Zero);

    public readonly int NextOnNode(int task) => task;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Prefetch(int task)
    {
        // 24 bytes a task stay in the second-level cache up to tens of thousands of tasks; a hint costs as much as it saves.
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Fits(int task, int node) => Vector128.GreaterThanOrEqualAll(Room(node), Need(task));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly double ShiftDelta(int task, int node, double limit) =>
        Price(Vector128.ConvertToSingle(Need(task)), NodeOf(task), node);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Shift(int task, int node, double delta)
    {
        var need = Need(task);
        ref var at = ref At(_nodeOf, task);
        Add(at, need);
        Add(node, -need);
        at = node;
        Change += delta;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly double SwapDelta(int task, int other, double limit)
    {
        var (from, to) = (NodeOf(task), NodeOf(other));
        var net = Need(task) - Need(other);
        var fits = Vector128.GreaterThanOrEqualAll(Room(to), net) && Vector128.GreaterThanOrEqualAll(Room(from), -net);
        return fits ? Price(Vector128.ConvertToSingle(net), from, to) : IEnergy.Refused;
    }

    public void Swap(int task, int other, double delta)
    {
        ref var at = ref At(_nodeOf, task);
        ref var atOther = ref At(_nodeOf, other);
        var net = Need(task) - Need(other);
        Add(at, net);
        Add(atOther, -net);
        (at, atOther) = (atOther, at);
        Change += delta;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly double Price(Vector128<float> need, int from, int to)
    {
        var inverseFrom = Inverse(from);
        var inverseTo = Inverse(to);
        var two = Vector128.Create(2f);
        var x = need * inverseTo;
        var y = need * inverseFrom;

        // load = 1 − room × inverse, so 2 × load = 2 − 2 × room × inverse.
        var gain = x * (two - (two * Vector128.ConvertToSingle(Room(to)) * inverseTo) + x);
        var loss = y * (two - (two * Vector128.ConvertToSingle(Room(from)) * inverseFrom) - y);
        return Vector128.Sum(gain - loss);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Vector128<int> Need(int task) => Vector128.LoadUnsafe(ref At(_need, task * PlainModel.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Vector128<int> Room(int node) => Vector128.LoadUnsafe(ref At(_rows, node * 2 * PlainModel.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Vector128<float> Inverse(int node) =>
        Vector128.LoadUnsafe(ref At(_rows, (node * 2 * PlainModel.Lanes) + PlainModel.Lanes)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Add(int node, Vector128<int> room)
    {
        ref var at = ref At(_rows, node * 2 * PlainModel.Lanes);
        (Vector128.LoadUnsafe(ref at) + room).StoreUnsafe(ref at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref T At<T>(T[] array, int index) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), (nint)(uint)index);
}
