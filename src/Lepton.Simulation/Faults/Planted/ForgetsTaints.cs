using Lepton.Model;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>Wrong filter: a region that does not see what keeps tasks away from its nodes. Breaks rule 6.</summary>
public sealed class ForgetsTaints : Sabotage
{
    internal override Message? Arriving(Address to, Message message) =>
        message is NodeChanged { Spec: { } spec } change ? change with { Spec = spec with { Taints = [] } } : message;
}
