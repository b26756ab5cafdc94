using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>Wrong filter: a region that does not see where a task may run. Breaks rule 6.</summary>
public sealed class ForgetsRegions : Sabotage
{
    internal override Message? Arriving(Address to, Message message)
    {
        if (message is not JobReady ready) return message;
        return ready with { Spec = ready.Spec with { Groups = [.. ready.Spec.Groups.Select(Anywhere)] } };
    }

    private static TaskGroup Anywhere(TaskGroup group) => group with { Template = group.Template with { Regions = ImmutableArray<RegionId>.Empty, Avoid = [] } };
}
