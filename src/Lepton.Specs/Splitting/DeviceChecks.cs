using Lepton.Model;

namespace Lepton.Specs;

/// <summary>What the fields on devices must say together. Each error names its field, also where it was inherited.</summary>
internal static class DeviceChecks
{
    public static void Check(PlannedTask task, bool inherits, SplitScope scope)
    {
        var resources = task.Work.Resources;
        ConstraintChecks.Check(task, inherits, scope);
        DataChecks.Check(task, inherits, scope);
        NearChecks.Check(task, inherits, scope);
        IsolationChecks.Check(task, inherits, scope);
        if (resources is null) return;
        if (resources.Accelerators is not { } accelerators)
        {
            foreach (var (name, isGiven) in new[]
            {
                ("gpuMemory", resources.GpuMemoryBytes is not null), ("fraction", resources.Fraction is not null), ("mig", resources.Mig is not null),
                ("computeCapability", resources.ComputeCapability is not null), ("interconnect", resources.Interconnect is not null),
            })
            {
                if (isGiven) Add(name, "says something of devices, but none are asked for.", "Maybe add accelerators: GPU:1.");
            }

            return;
        }

        foreach (var choice in accelerators.Choices)
        {
            if (DeviceDemand.KindOf(choice.Model) == DeviceKind.Cpu) Add("accelerators", $"asks for {choice.Model}, which is no accelerator.", $"Maybe cpus: {choice.Least}.");
        }

        if (resources.Fraction is not { } fraction) return;
        if (DeviceDemand.MilliOf(fraction) is null) Add("fraction", "is counted in whole thousandths.", "Maybe 0.125.");
        if (fraction < 1 && accelerators.Choices.Any(c => c.Most > 1)) Add("fraction", "is a share of one device, but more are asked for.", "Maybe H100:1, or no fraction.");
        if (fraction < 1 && resources.Mig is not null) Add("fraction", "is not given of MIG instances: an instance is a share already.", "Maybe a smaller profile, or no mig.");

        void Add(string name, string message, string hint) => Report(task, inherits, scope, p => p.Field("resources").Field(name), message, hint);
    }

    /// <summary>At the task's own field, or where it was inherited from.</summary>
    public static void Report(PlannedTask task, bool inherits, SplitScope scope, Func<SpecPath, SpecPath> field, string message, string hint)
    {
        var own = field(task.Path);
        scope.Add(!inherits || scope.Holds(own) ? own : field(SpecPath.Root), message, hint);
    }
}
