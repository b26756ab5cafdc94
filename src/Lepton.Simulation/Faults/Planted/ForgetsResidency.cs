using Lepton.Model;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>Lost on the way: a region that does not see where a job may be. Breaks rule 6.</summary>
public sealed class ForgetsResidency : Sabotage
{
    internal override Message? Arriving(Address to, Message message)
    {
        if (message is not JobReady ready) return message;
        return ready with { Spec = ready.Spec with { Residency = null, Groups = [.. ready.Spec.Groups.Select(g => g with { Template = g.Template with { Residency = null } })] } };
    }
}
