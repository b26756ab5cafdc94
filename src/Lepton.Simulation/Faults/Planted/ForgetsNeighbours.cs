using Lepton.Model;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>Wrong filter: a region that does not see what a task must be away from. Breaks rule 6.</summary>
public sealed class ForgetsNeighbours : Sabotage
{
    internal override Message? Arriving(Address to, Message message)
    {
        if (message is not JobReady ready) return message;
        return ready with { Spec = ready.Spec with { Groups = [.. ready.Spec.Groups.Select(g => g with { Template = g.Template with { AntiAffinity = [] } })] } };
    }
}
