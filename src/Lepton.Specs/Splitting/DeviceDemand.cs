using Lepton.Model;

namespace Lepton.Specs;

/// <summary>What the document says of devices, as the fleet takes it. The document has passed its checks.</summary>
internal static class DeviceDemand
{
    public static Demand Of(Capacity capacity, WorkDocument work)
    {
        var isolation = IsolationOf(work);
        var demand = new Demand(capacity) { Isolation = isolation };
        return work.Resources is { Accelerators: { } accelerators } resources
            ? demand with
            {
                Asks = [.. accelerators.Choices.Select(choice => Of(choice, resources, DriverOf(work), isolation))],
                Ordered = accelerators is { Ordered: true, Choices.Count: > 1 },
            }
            : demand;
    }

    /// <summary>The kind that a word stands for; null: it is the name of a model.</summary>
    public static DeviceKind? KindOf(string model) => model.ToUpperInvariant() switch
    {
        "GPU" => DeviceKind.Gpu,
        "TPU" => DeviceKind.Tpu,
        "FPGA" => DeviceKind.Fpga,
        "CPU" => DeviceKind.Cpu,
        _ => null,
    };

    /// <summary>Thousandths; null where they are not whole.</summary>
    public static int? MilliOf(decimal fraction) => fraction * DeviceAsk.Whole is var exact && decimal.Truncate(exact) == exact ? (int)exact : null;

    private static DeviceAsk Of(AcceleratorChoice choice, ResourcesDocument resources, string? driver, IsolationAbilities isolation) => new()
    {
        Kind = KindOf(choice.Model) ?? DeviceKind.Gpu,
        Models = KindOf(choice.Model) is null ? [choice.Model] : [],
        Count = choice.Least,
        MaxCount = choice.Most > choice.Least ? choice.Most : 0,
        ShareMilli = resources.Fraction is { } fraction ? MilliOf(fraction) ?? DeviceAsk.Whole : DeviceAsk.Whole,
        MemoryBytes = resources.GpuMemoryBytes ?? 0,
        MigProfile = resources.Mig,
        OneIsland = resources.Interconnect == Interconnect.Nvlink && choice.Most > 1,
        MinComputeCapability = resources.ComputeCapability is { } text && ComputeCapability.TryParse(text.TrimStart('>', '='), out var least) ? least : null,
        MinDriver = driver,
        Isolation = isolation,
    };

    private static IsolationAbilities IsolationOf(WorkDocument work)
    {
        var asked = work.Run?.Image is null ? IsolationAbilities.None : IsolationAbilities.Container;
        foreach (var one in work.Resources?.Isolation ?? [])
        {
            asked |= one switch
            {
                IsolationAsk.Visibility => IsolationAbilities.Visibility,
                IsolationAsk.MemoryWatch => IsolationAbilities.MemoryWatch,
                IsolationAsk.Mig => IsolationAbilities.Mig,
                IsolationAsk.Mps => IsolationAbilities.Mps,
                IsolationAsk.Cgroup => IsolationAbilities.Cgroup,
                IsolationAsk.Container => IsolationAbilities.Container,
                _ => throw new ArgumentOutOfRangeException(nameof(work), one, "No such isolation."),
            };
        }

        return asked;
    }

    /// <summary>What the choice of devices sees to, in every region: a driver at least so new. All other constraints are asked of nodes.</summary>
    public static bool AsksDriver(ConstraintDocument constraint) => constraint is { Attribute: "driver", Operator: ConstraintOperator.GreaterOrEqual };

    /// <summary>The highest of the driver versions that are asked: all of them hold then.</summary>
    private static string? DriverOf(WorkDocument work)
    {
        string? highest = null;
        foreach (var constraint in work.Placement?.Constraints ?? [])
        {
            if (!AsksDriver(constraint)) continue;
            if (highest is null || DottedVersion.IsAtLeast(constraint.Value, highest)) highest = constraint.Value;
        }

        return highest;
    }
}
