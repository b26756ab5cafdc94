namespace Lepton.Scheduling.Placement.Scorers;

/// <summary>1 for the region where the task's input lies, 0 elsewhere.</summary>
internal sealed class DataLocality : IRegionScorer
{
    public string Name => nameof(DataLocality);

    public double Score(TaskShape shape, Peer region) => shape.DataIn == region.Region ? 1 : 0;
}
