using Lepton.Model;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>A region that takes in one task less than it was told. Breaks rule 4.</summary>
public sealed class ForgetsQueuedTask : Sabotage
{
    internal override Message? Arriving(Address to, Message message) =>
        message is JobReady ready ? ready with { Ranges = [.. ready.Ranges.Where(r => r.Count > 1).Select(r => r with { Count = r.Count - 1 })] } : message;
}
