namespace Lepton.Scheduling.Placement.Scorers;

/// <summary>A task that needs no devices prefers nodes that have none: their CPU is worth nothing to anybody else.</summary>
internal sealed class SparesDevices : IScorer
{
    public string Name => nameof(SparesDevices);

    public double Score(TaskShape shape, NodeEntry node) => node.Devices.IsEmpty ? 1 : 0;
}
