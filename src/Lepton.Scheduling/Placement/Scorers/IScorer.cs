namespace Lepton.Scheduling.Placement.Scorers;

/// <summary>How good a node is for a task, in [0, 1]; only nodes that no filter turned down are asked about.</summary>
internal interface IScorer
{
    string Name { get; }

    double Score(TaskShape shape, NodeEntry node);
}
