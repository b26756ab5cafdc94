using Lepton.Model;

namespace Lepton.Specs;

/// <summary>What the document says of devices, as the fleet takes it. The document has passed its checks.</summary>
internal static class DeviceDemand
{
    public static Demand Of(Capacity capacity, WorkDocument work)
    {
        var demand = new Demand(capacity);
        return work.Resources is { Accelerators: { } accelerators } resources
            ? demand with
            {
                Asks = [.. accelerators.Choices.Select(choice => Of(choice, resources, DriverOf(work)))],
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

    private static DeviceAsk Of(AcceleratorChoice choice, ResourcesDocument resources, string? driver) => new()
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
    };

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
