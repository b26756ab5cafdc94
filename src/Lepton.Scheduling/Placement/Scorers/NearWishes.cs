namespace Lepton.Scheduling.Placement.Scorers;

/// <summary>How well a node fulfils what the task wishes of its neighbours: near to some, away from others, spread evenly.</summary>
internal sealed class NearWishes : IScorer
{
    public string Name => nameof(NearWishes);

    public double Score(TaskShape shape, NodeEntry node) => shape.Neighbours?.Wish(node) ?? 1;
}
