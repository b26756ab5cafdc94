namespace Lepton.Scheduling.Placement.Scorers;

/// <summary>Members of a gang prefer one node, then one rack, then one zone that has room for all of them. Half as much as a wish that a person wrote.</summary>
internal sealed class GangTogether : IScorer
{
    public string Name => nameof(GangTogether);

    // score = 1 - (1 - worth of the place) / 2; 1 for a task of no gang
    public double Score(TaskShape shape, NodeEntry node) => shape.Neighbours?.Site is { } site ? (1 + site.Score(node)) / 2 : 1;
}
