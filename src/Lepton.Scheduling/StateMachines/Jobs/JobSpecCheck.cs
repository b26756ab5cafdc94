using Lepton.Model;

namespace Lepton.Scheduling.StateMachines.Jobs;

/// <summary>What a job machine relies on in a spec; anything else is refused at the door.</summary>
internal static class JobSpecCheck
{
    /// <summary>Null when the spec holds together; else what is wrong and what to do.</summary>
    public static Refused? Fault(JobSpec spec)
    {
        if (spec.Groups.IsDefaultOrEmpty)
        {
            return new Refused(RefusalCode.Invalid, $"Job {spec.Name} has no tasks.", "Maybe its inputs match nothing: give it at least one task.");
        }

        var next = 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in spec.Groups)
        {
            if (group.First != next || group.Count < 1)
            {
                return new Refused(
                    RefusalCode.Invalid,
                    $"Group {group.Name} of job {spec.Name} has the indexes {group.First} to {group.End - 1}; they must follow on {next}.",
                    "Maybe the groups were reordered after the split: number them in order from 0.");
            }

            foreach (var dependency in group.DependsOn.OrEmpty())
            {
                if (seen.Contains(dependency)) continue;
                return new Refused(
                    RefusalCode.Invalid,
                    $"Group {group.Name} of job {spec.Name} depends on '{dependency}', which does not come before it.",
                    "Maybe the name is misspelt, or two groups depend on each other.");
            }

            if (!seen.Add(group.Name))
            {
                return new Refused(RefusalCode.Invalid, $"Job {spec.Name} has two groups named '{group.Name}'.", "Give each group its own name.");
            }

            var size = group.Template.GangSize;
            if (size < 0 || (size > 0 && group.Count % size != 0))
            {
                return new Refused(
                    RefusalCode.Invalid,
                    $"Group {group.Name} of job {spec.Name} has {group.Count} tasks in gangs of {size}.",
                    "Maybe make the number of tasks a multiple of the gang's size.");
            }

            if (size > 0 && !group.Inputs.IsDefaultOrEmpty)
            {
                return new Refused(
                    RefusalCode.Invalid,
                    $"Group {group.Name} of job {spec.Name} splits {group.Inputs.Length} inputs over the members of a gang.",
                    "Maybe let the members divide the inputs by their rank (LEPTON_GANG_RANK).");
            }

            next = group.End;
        }

        return null;
    }
}
