namespace Lepton.Scheduling.Placement.Scorers;

/// <summary>How good another region is for a task, in [0, 1]; only regions that have room are asked about.</summary>
internal interface IRegionScorer
{
    string Name { get; }

    double Score(TaskShape shape, Peer region);
}
