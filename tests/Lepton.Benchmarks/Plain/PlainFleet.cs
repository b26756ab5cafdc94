using System.Collections.Immutable;
using Lepton.Scheduling;
using Lepton.Scheduling.Annealing.Plain;

namespace Lepton.Benchmarks.Plain;

/// <summary>A made-up fleet for the plain model: four resources, tasks dealt at random, load as asked.</summary>
internal static class PlainFleet
{
    private const int NodeCapacity = 100_000;

    public static PlainModel Make(int tasks, int nodes, double load, ulong seed)
    {
        var random = SeedStream.For(seed, "plain fleet");
        var mean = NodeCapacity * load * nodes / tasks;
        var need = new int[tasks * PlainModel.Lanes];
        for (var i = 0; i < need.Length; i++) need[i] = (int)(mean * 2 * random.NextDouble());
        var room = new long[nodes * PlainModel.Lanes];
        Array.Fill(room, NodeCapacity);
        var start = new int[tasks];
        for (var t = 0; t < tasks; t++)
        {
            start[t] = FirstFit(room, need, t, random.Next(nodes), nodes);
            for (var l = 0; l < PlainModel.Lanes; l++) room[(start[t] * PlainModel.Lanes) + l] -= need[(t * PlainModel.Lanes) + l];
        }

        return new PlainModel([.. Enumerable.Repeat(NodeCapacity, nodes * PlainModel.Lanes)], [.. need], ImmutableArray.Create(start));
    }

    private static int FirstFit(long[] room, int[] need, int task, int first, int nodes)
    {
        for (var i = 0; i < nodes; i++)
        {
            var node = (first + i) % nodes;
            var fits = true;
            for (var l = 0; l < PlainModel.Lanes; l++) fits &= room[(node * PlainModel.Lanes) + l] >= need[(task * PlainModel.Lanes) + l];
            if (fits) return node;
        }

        throw new UsageException($"Task {task} of {need.Length / PlainModel.Lanes} fits none of {nodes} nodes: so few tasks are too large for a node. Maybe ask for at least {10 * nodes} tasks.");
    }
}
