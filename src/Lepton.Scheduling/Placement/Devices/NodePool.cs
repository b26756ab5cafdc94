using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lepton.Scheduling.Placement.Devices;

/// <summary>What every node has free: CPU, memory, and each GPU in thousandths.</summary>
/// <remarks>
/// <b>Input</b> nodes once, then what is taken and released. <b>Output</b> free amounts by node number.
/// <b>Cost</b> O(GPUs of one node) per change, nothing allocated. <b>Limits</b> 8 GPUs a node, 64 GPU models; 120 bytes a node.
/// One row a node, because whoever asks for a node asks for most of it: one or two cache misses, not six.
/// </remarks>
public sealed class NodePool
{
    public const int WholeGpu = 1000;
    public const int MostGpus = 8;
    public const int MostModels = 64;

    private readonly Row[] _rows;

    /// <summary><c>held[9 n + k]</c>: tasks on node n that hold k whole GPUs; k = 0: a share.</summary>
    private readonly int[] _held;

    public NodePool(IReadOnlyList<NodeShape> nodes)
    {
        Count = nodes.Count;
        (_rows, _held) = (new Row[Count], new int[Count * (MostGpus + 1)]);
        for (var n = 0; n < Count; n++)
        {
            var node = nodes[n];
            if (node.Gpus is < 0 or > MostGpus || node.Model is < 0 or >= MostModels || node.CpuMilli < 0 || node.MemoryMib < 0)
                throw new ArgumentException($"Node {n} is {node}; 0 to {MostGpus} GPUs, models 0 to {MostModels - 1} and amounts from 0 on are possible.");
            ref var row = ref _rows[n];
            (row.Cpu, row.Memory, row.GpuCount, row.Model, row.GpuTotal) = (node.CpuMilli, node.MemoryMib, node.Gpus, node.Model, node.Gpus * WholeGpu);
            ((Span<int>)row.Gpus)[..node.Gpus].Fill(WholeGpu);
            Sort(ref row);
        }
    }

    public int Count { get; }

    public int CpuFree(int node) => _rows[node].Cpu;

    public int MemoryFree(int node) => _rows[node].Memory;

    /// <summary>Thousandths free on all its GPUs together.</summary>
    public int GpuFree(int node) => _rows[node].GpuTotal;

    public int Gpus(int node) => _rows[node].GpuCount;

    public int Model(int node) => _rows[node].Model;

    /// <summary>Thousandths free on each of its GPUs; always 8 numbers, 0 where there is no GPU.</summary>
    public ReadOnlySpan<int> GpusFree(int node) => _rows[node].Gpus;

    /// <summary>The same 8 numbers, the fullest GPU first.</summary>
    public ReadOnlySpan<int> GpusByFree(int node) => _rows[node].Sorted;

    /// <summary>Tasks that hold so many whole GPUs on the node; 0: that hold a share.</summary>
    public int Held(int node, int gpus) => _held[(node * (MostGpus + 1)) + gpus];

    public int FreeWhole(int node)
    {
        var whole = 0;
        foreach (var free in GpusFree(node)) whole += free == WholeGpu ? 1 : 0;
        return whole;
    }

    public bool Fits(int node, RequestClass request)
    {
        ref readonly var row = ref _rows[node];
        if (row.Cpu < request.CpuMilli || row.Memory < request.MemoryMib) return false;
        if (row.GpuTotal < request.TotalGpuMilli || !request.Accepts(row.Model)) return false;
        if (request.Gpus == 0) return true;
        var enough = Vector256.GreaterThanOrEqual(Vector256.Create<int>(row.Gpus), Vector256.Create(request.GpuMilli));
        return BitOperations.PopCount(enough.ExtractMostSignificantBits()) >= request.Gpus;
    }

    /// <summary>Takes what the request asks; a share from the GPU named, whole GPUs from the first free ones.</summary>
    /// <exception cref="InvalidOperationException">It does not fit: the caller asked the wrong node.</exception>
    public DeviceSlot Take(int node, RequestClass request, int device)
    {
        if (!Fits(node, request)) throw new InvalidOperationException($"{request} does not fit node {node}.");
        byte devices = 0;
        ReadOnlySpan<int> gpus = _rows[node].Gpus;
        if (request.IsShare)
        {
            if (gpus[device] < request.GpuMilli) throw new InvalidOperationException($"{request} does not fit GPU {device} of node {node}.");
            devices = (byte)(1 << device);
        }
        else
        {
            for (int g = 0, left = request.Gpus; left > 0; g++)
            {
                if (gpus[g] < WholeGpu) continue;
                devices |= (byte)(1 << g);
                left--;
            }
        }

        var slot = new DeviceSlot(node, devices);
        Add(slot, request, -1);
        return slot;
    }

    public void Release(DeviceSlot slot, RequestClass request) => Add(slot, request, 1);

    private void Add(DeviceSlot slot, RequestClass request, int sign)
    {
        var node = slot.Node;
        ref var row = ref _rows[node];
        row.Cpu += sign * request.CpuMilli;
        row.Memory += sign * request.MemoryMib;
        if (request.Gpus == 0) return;
        row.GpuTotal += sign * request.TotalGpuMilli;
        _held[(node * (MostGpus + 1)) + (request.IsShare ? 0 : request.Gpus)] -= sign;
        for (var g = 0; g < MostGpus; g++)
        {
            if ((slot.Devices >> g & 1) != 0) row.Gpus[g] += sign * request.GpuMilli;
        }

        Sort(ref row);
    }

    private static void Sort(ref Row row)
    {
        Span<int> sorted = row.Sorted;
        ((ReadOnlySpan<int>)row.Gpus).CopyTo(sorted);
        for (var i = 1; i < sorted.Length; i++)
        {
            var (free, at) = (sorted[i], i);
            for (; at > 0 && sorted[at - 1] > free; at--) sorted[at] = sorted[at - 1];
            sorted[at] = free;
        }
    }

    [InlineArray(MostGpus)]
    private struct OfEachGpu
    {
        private int _first;
    }

    private struct Row
    {
        public OfEachGpu Gpus;
        public OfEachGpu Sorted;
        public int Cpu, Memory, GpuTotal, Model, GpuCount;
    }
}
