using Lepton.Model;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>Wrong quota: a region that counts what it starts under a queue without limits. Breaks rule 6.</summary>
public sealed class MixesUpQueues : Sabotage
{
    internal override Message? Arriving(Address to, Message message) =>
        message is JobReady ready ? ready with { Spec = ready.Spec with { Queue = QueueSettings.DefaultName } } : message;
}
