using System.Numerics;
using System.Runtime.Intrinsics;

namespace Lepton.Scheduling.Placement.Devices;

/// <summary>Which nodes have changed, in order, with what each has free since; of a node only the last change counts.</summary>
/// <remarks>
/// <b>Input</b> a node that has changed; a request. <b>Output</b> the nodes changed since some change, each once, and whether the request fits their
/// CPU, memory and GPUs. <b>Cost</b> O(GPUs) a change; O(changes / 8) by vectors, reading in order, to go through. <b>Limits</b> the newest
/// <see cref="Kept"/> changes; 20 bytes for each, at least two for each node.
/// </remarks>
internal sealed class ChangeLog
{
    private const int Gone = -1;
    private const int Least = 64;

    private readonly NodePool _pool;
    private readonly int[] _node, _cpu, _memory, _largest, _whole;
    private readonly long[] _lastOf;

    public ChangeLog(NodePool pool)
    {
        _pool = pool;
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2 * pool.Count, Least));
        (_node, _cpu, _memory, _largest, _whole) = (Padded(), Padded(), Padded(), Padded(), Padded());
        _lastOf = new long[pool.Count];
        Array.Fill(_lastOf, Gone);
        Kept = size;

        // Vectors read beyond the last.
        int[] Padded() => new int[size + Vector256<int>.Count];
    }

    /// <summary>All changes so far.</summary>
    public long Count { get; private set; }

    public int Kept { get; }

    public void Add(int node)
    {
        if (_lastOf[node] is not Gone and var last && Count - last <= Kept) _node[last & (Kept - 1)] = Gone;
        _lastOf[node] = Count;
        var at = (int)(Count++ & (Kept - 1));
        var gpus = _pool.GpusByFree(node);
        (_node[at], _cpu[at], _memory[at], _largest[at], _whole[at]) = (node, _pool.CpuFree(node), _pool.MemoryFree(node), gpus[^1], gpus.Count(NodePool.WholeGpu));
    }

    /// <summary>The nodes of the changes from here on, as many as find room: those that the request fits as they are, the others as their complement.</summary>
    /// <param name="at">The first change that is looked at; afterwards the first that is not.</param>
    public int Next(ref long at, RequestClass request, Span<int> found)
    {
        var (room, needed) = request.Gpus > 1 ? (_whole, request.Gpus) : (_largest, request.GpuMilli);
        var count = 0;
        while (at < Count && count + Vector256<int>.Count <= found.Length)
        {
            var slot = (int)(at & (Kept - 1));
            var lanes = (int)Math.Min(Vector256<int>.Count, Math.Min(Count - at, Kept - slot));
            var nodes = Vector256.LoadUnsafe(ref _node[0], (nuint)slot);
            var fits = Vector256.GreaterThanOrEqual(Vector256.LoadUnsafe(ref _cpu[0], (nuint)slot), Vector256.Create(request.CpuMilli))
                & Vector256.GreaterThanOrEqual(Vector256.LoadUnsafe(ref _memory[0], (nuint)slot), Vector256.Create(request.MemoryMib))
                & Vector256.GreaterThanOrEqual(Vector256.LoadUnsafe(ref room[0], (nuint)slot), Vector256.Create(needed));
            var fit = fits.ExtractMostSignificantBits();
            var live = ~nodes.ExtractMostSignificantBits() & ((1u << lanes) - 1);
            for (; live != 0; live &= live - 1)
            {
                var lane = BitOperations.TrailingZeroCount(live);
                var node = _node[slot + lane];
                found[count++] = (fit >> lane & 1) != 0 ? node : ~node;
            }

            at += lanes;
        }

        return count;
    }
}
