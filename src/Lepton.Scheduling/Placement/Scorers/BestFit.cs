using Lepton.Model;

namespace Lepton.Scheduling.Placement.Scorers;

/// <summary>Prefers the node that is fullest afterwards, so that large gaps stay large.</summary>
internal sealed class BestFit : IScorer
{
    public string Name => nameof(BestFit);

    // score = 1 - mean(share of cpu left, share of memory left)
    public double Score(TaskShape shape, NodeEntry node)
    {
        var left = node.Free - shape.Demand.Capacity;
        return 1 - ((Share(left.MilliCpu, node.Total.MilliCpu) + Share(left.MemoryBytes, node.Total.MemoryBytes)) / 2);
    }

    private static double Share(long part, long whole) => whole <= 0 ? 0 : (double)part / whole;
}
