using System.Numerics;
using System.Runtime.Intrinsics;

namespace Lepton.Scheduling.Placement.Devices;

/// <summary>What every node has free, as arrays: CPU, memory, and each GPU in thousandths.</summary>
/// <remarks>
/// <b>Input</b> nodes once, then what is taken and released. <b>Output</b> free amounts by node number.
/// <b>Cost</b> O(GPUs of one node) per change, nothing allocated. <b>Limits</b> 8 GPUs a node, 64 GPU models.
/// <c>gpuFree[8 n + g]</c>: node n, GPU g, thousandths; 0 for a GPU that the node does not have.
/// </remarks>
public sealed class NodePool
{
    public const int WholeGpu = 1000;
    public const int MostGpus = 8;
    public const int MostModels = 64;

    private readonly int[] _cpuFree, _memoryFree, _gpuFree, _gpuFreeTotal, _gpus, _model;

    /// <summary><c>held[9 n + k]</c>: tasks on node n that hold k whole GPUs; k = 0: a share.</summary>
    private readonly int[] _held;

    public NodePool(IReadOnlyList<NodeShape> nodes)
    {
        Count = nodes.Count;
        (_cpuFree, _memoryFree) = (new int[Count], new int[Count]);
        (_gpuFree, _gpuFreeTotal) = (new int[Count * MostGpus], new int[Count]);
        (_gpus, _model, _held) = (new int[Count], new int[Count], new int[Count * (MostGpus + 1)]);
        for (var n = 0; n < Count; n++)
        {
            var node = nodes[n];
            if (node.Gpus is < 0 or > MostGpus || node.Model is < 0 or >= MostModels || node.CpuMilli < 0 || node.MemoryMib < 0)
                throw new ArgumentException($"Node {n} is {node}; 0 to {MostGpus} GPUs, models 0 to {MostModels - 1} and amounts from 0 on are possible.");
            (_cpuFree[n], _memoryFree[n], _gpus[n], _model[n]) = (node.CpuMilli, node.MemoryMib, node.Gpus, node.Model);
            GpusOf(n)[..node.Gpus].Fill(WholeGpu);
            _gpuFreeTotal[n] = node.Gpus * WholeGpu;
        }
    }

    public int Count { get; }

    public int CpuFree(int node) => _cpuFree[node];

    public int MemoryFree(int node) => _memoryFree[node];

    /// <summary>Thousandths free on all its GPUs together.</summary>
    public int GpuFree(int node) => _gpuFreeTotal[node];

    public int Gpus(int node) => _gpus[node];

    public int Model(int node) => _model[node];

    /// <summary>Thousandths free on each of its GPUs; always 8 numbers, 0 where there is no GPU.</summary>
    public ReadOnlySpan<int> GpusFree(int node) => GpusOf(node);

    /// <summary>Tasks that hold so many whole GPUs on the node; 0: that hold a share.</summary>
    public int Held(int node, int gpus) => _held[(node * (MostGpus + 1)) + gpus];

    public int FreeWhole(int node)
    {
        var whole = 0;
        foreach (var free in GpusOf(node)) whole += free == WholeGpu ? 1 : 0;
        return whole;
    }

    public bool Fits(int node, RequestClass request)
    {
        if (_cpuFree[node] < request.CpuMilli || _memoryFree[node] < request.MemoryMib) return false;
        if (_gpuFreeTotal[node] < request.TotalGpuMilli || !request.Accepts(_model[node])) return false;
        if (request.Gpus == 0) return true;
        var free = Vector256.Create<int>(GpusOf(node));
        var enough = Vector256.GreaterThanOrEqual(free, Vector256.Create(request.GpuMilli));
        return BitOperations.PopCount(enough.ExtractMostSignificantBits()) >= request.Gpus;
    }

    /// <summary>Takes what the request asks; a share from the GPU named, whole GPUs from the first free ones.</summary>
    /// <exception cref="InvalidOperationException">It does not fit: the caller asked the wrong node.</exception>
    public DeviceSlot Take(int node, RequestClass request, int device)
    {
        if (!Fits(node, request)) throw new InvalidOperationException($"{request} does not fit node {node}.");
        byte devices = 0;
        var gpus = GpusOf(node);
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
        _cpuFree[node] += sign * request.CpuMilli;
        _memoryFree[node] += sign * request.MemoryMib;
        if (request.Gpus == 0) return;
        _gpuFreeTotal[node] += sign * request.TotalGpuMilli;
        _held[(node * (MostGpus + 1)) + (request.IsShare ? 0 : request.Gpus)] -= sign;
        var gpus = GpusOf(node);
        for (var g = 0; g < MostGpus; g++)
        {
            if ((slot.Devices >> g & 1) != 0) gpus[g] += sign * request.GpuMilli;
        }
    }

    private Span<int> GpusOf(int node) => _gpuFree.AsSpan(node * MostGpus, MostGpus);
}
