namespace Lepton.Scheduling.Placement.Scorers;

/// <summary>1 for a node without a taint that asks the task to go elsewhere if it can, 0 for others.</summary>
internal sealed class Welcome : IScorer
{
    public string Name => nameof(Welcome);

    public double Score(TaskShape shape, NodeEntry node) => shape.Rules.IsWelcomeOn(node) ? 1 : 0;
}
