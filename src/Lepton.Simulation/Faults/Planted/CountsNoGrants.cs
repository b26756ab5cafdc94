using Lepton.Model;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>
/// Double grant: a node that holds an offer against all it has, not against what is left (seen from outside: it has three times as much). Breaks rule 2.
/// </summary>
public sealed class CountsNoGrants : Sabotage
{
    internal override Message? Arriving(Address to, Message message)
    {
        if (message is not AgentBeat beat) return message;
        var has = beat.Spec.Capacity;
        return beat with { Spec = beat.Spec with { Capacity = has + has + has } };
    }
}
