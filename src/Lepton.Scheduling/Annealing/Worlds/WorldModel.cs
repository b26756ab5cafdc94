using System.Collections.Immutable;

namespace Lepton.Scheduling.Annealing.Worlds;

/// <summary>Devices of one kind in one region: what is balanced against the rest of the world.</summary>
/// <param name="UsdPerDeviceHour">Price of using one device for an hour.</param>
/// <param name="Speed">Run times are divided by it; 1 is the reference device.</param>
public sealed record WorldPool(int Region, int Kind, double UsdPerDeviceHour, double Speed);

/// <summary>Where tasks can be: a node, or a whole pool when only aggregates are known.</summary>
/// <param name="Devices">Supply, in devices.</param>
/// <param name="IsHard">Devices and memory are a hard limit. Of an aggregate they are not: what does not fit waits there.</param>
public sealed record WorldPlace(int Pool, int Devices, int MemoryGiB, bool IsHard);

/// <summary>A task, or several of one class that move as one.</summary>
public sealed record WorldTask
{
    /// <summary>Place where it runs or waits now.</summary>
    public required int Home { get; init; }

    public required int Devices { get; init; }

    public int MemoryGiB { get; init; }

    /// <summary>Run time on the reference device, in seconds; of several tasks the sum.</summary>
    public required double RunSeconds { get; init; }

    /// <summary>Run time × devices on the reference device; default that product, of several tasks the sum of their products.</summary>
    public double? DeviceSeconds { get; init; }

    /// <summary>Tasks this stands for; default 1, at most 65,535.</summary>
    public int Tasks { get; init; } = 1;

    /// <summary>Residency: bit r is set when region r may hold it.</summary>
    public ulong Regions { get; init; } = ulong.MaxValue;

    /// <summary>Capability: bit k is set when devices of kind k can run it.</summary>
    public uint Kinds { get; init; } = uint.MaxValue;

    public int Tenant { get; init; }

    /// <summary>Copies with the same number run in different regions; −1 for a task without copies.</summary>
    public int Copies { get; init; } = -1;

    public int DataRegion { get; init; }

    public double DataGiB { get; init; }

    public double CheckpointGiB { get; init; }
}

/// <summary>What a byte costs on its way between regions: <c>[from × regions + to]</c>.</summary>
public sealed record WorldLinks(ImmutableArray<double> SecondsPerGiB, ImmutableArray<double> UsdPerGiB);

/// <summary>Weights of the terms; the value is in seconds of task time.</summary>
public sealed record WorldWeights
{
    /// <summary>λ: seconds for one device's worth of (utilisation − target)²; default 20,000.</summary>
    public double Lambda { get; init; } = 20_000;

    /// <summary>Utilisation aimed at, as a share of supply; default 0.85.</summary>
    public double Target { get; init; } = 0.85;

    /// <summary>Seconds that a device's worth of demand above supply waits, for each time the pool is over-subscribed; default 3,600.</summary>
    public double WaitSeconds { get; init; } = 3_600;

    /// <summary>Seconds one US dollar is worth; default 60.</summary>
    public double SecondsPerUsd { get; init; } = 60;

    /// <summary>Seconds lost by any move: stop, start, work since the last checkpoint; default 120.</summary>
    public double MoveSeconds { get; init; } = 120;
}

/// <summary>The world as the coordinator sees it: pools, places, tasks, links and rules.</summary>
/// <param name="Quota"><c>[tenant × regions + region]</c>: devices the tenant may have there.</param>
public sealed record WorldModel(
    int Regions,
    ImmutableArray<WorldPool> Pools,
    ImmutableArray<WorldPlace> Places,
    ImmutableArray<WorldTask> Tasks,
    WorldLinks Links,
    ImmutableArray<int> Quota,
    WorldWeights Weights);

/// <summary>The value of a state of the world, every term by itself, in seconds.</summary>
/// <param name="Completion">Run and transfer times of all tasks.</param>
/// <param name="Waiting">Expected waiting where demand is above supply.</param>
/// <param name="Utilisation">λ × supply × (utilisation − target)².</param>
/// <param name="Money">Devices and egress, in seconds' worth.</param>
/// <param name="Moves">Lost work and checkpoints of tasks that are not at home.</param>
/// <param name="Usd">Money again, in US dollars.</param>
/// <param name="Moved">Tasks not at home.</param>
public sealed record WorldTerms(double Completion, double Waiting, double Utilisation, double Money, double Moves, double Usd, int Moved)
{
    public double Total => Completion + Waiting + Utilisation + Money + Moves;
}
