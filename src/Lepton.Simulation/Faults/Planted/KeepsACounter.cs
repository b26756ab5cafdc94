using Lepton.Model;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>Nondeterminism: a counter that survives the run decides which messages are dropped. Breaks rule 8 where one object serves two runs.</summary>
public sealed class KeepsACounter : Sabotage
{
    private long _count;

    internal override Message? Arriving(Address to, Message message) => ++_count % 997 == 0 && message is AgentBeat ? null : message;
}
