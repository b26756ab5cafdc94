using System.Diagnostics;
using Lepton.Scheduling;
using Lepton.Scheduling.Placement.Devices;

namespace Lepton.Benchmarks.Openb;

/// <summary>Times of decisions on a cluster held at one load: before each decision random tasks end until the load is below the mark.</summary>
/// <remarks>Load is the larger part in use of CPU and of GPU.</remarks>
internal sealed class PlacementLoad
{
    private readonly OpenbTrace _shapes;
    private readonly DevicePlacer _placer;
    private readonly double _cpu, _gpu, _mark;
    private readonly DeviceSlot[] _slots;
    private readonly int[] _classes;
    private SeedStream _chance;
    private long _cpuUsed, _gpuUsed;
    private int _running;

    public PlacementLoad(OpenbTrace shapes, NodeShape node, int nodes, NamedDevicePolicy policy, double mark, ulong seed)
    {
        (_shapes, _mark) = (shapes, mark);
        (_cpu, _gpu) = ((double)nodes * node.CpuMilli, (double)nodes * node.Gpus * NodePool.WholeGpu);
        _chance = SeedStream.For(seed, "load");
        var pool = new NodePool([.. Enumerable.Repeat(node, nodes)]);
        var mix = RequestMix.Of(shapes.Classes.Select(c => (c, 1.0)));
        _placer = new DevicePlacer(pool, shapes.Classes, policy.Create(pool, mix, seed));
        (_slots, _classes) = (new DeviceSlot[nodes * 32], new int[nodes * 32]);
    }

    public int Running => _running;

    public int Failed { get; private set; }

    public double Load => Math.Max(_cpuUsed / _cpu, _gpuUsed / _gpu);

    /// <summary>Loads the cluster to the mark.</summary>
    public void Fill()
    {
        while (Load < _mark) Decide();
    }

    /// <summary>So many decisions at the mark; the time of each, in clock ticks, goes to the span. Allocates nothing.</summary>
    public void Hold(Span<long> ticks)
    {
        for (var i = 0; i < ticks.Length; i++)
        {
            while (Load >= _mark) EndOne();
            ticks[i] = Decide();
        }
    }

    private long Decide()
    {
        var number = _chance.Next(_shapes.Classes.Length);
        var before = Stopwatch.GetTimestamp();
        var slot = _placer.Place(number);
        var took = Stopwatch.GetTimestamp() - before;
        if (!slot.IsPlaced || _running == _slots.Length)
        {
            Failed++;
            if (slot.IsPlaced) _placer.Release(number, slot);
            return took;
        }

        (_slots[_running], _classes[_running]) = (slot, number);
        _running++;
        Count(number, 1);
        return took;
    }

    private void EndOne()
    {
        var gone = _chance.Next(_running--);
        _placer.Release(_classes[gone], _slots[gone]);
        Count(_classes[gone], -1);
        (_slots[gone], _classes[gone]) = (_slots[_running], _classes[_running]);
    }

    private void Count(int number, int sign)
    {
        _cpuUsed += sign * _shapes.Classes[number].CpuMilli;
        _gpuUsed += sign * _shapes.Classes[number].TotalGpuMilli;
    }
}
