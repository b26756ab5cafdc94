using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>
/// What a queue, or the queues below a cohort together, may hold of one kind of resource. <c>cpu</c> in thousandths of a core, <c>memory</c> in
/// bytes, devices in thousandths of one device.
/// </summary>
/// <param name="Kind"><c>cpu</c>, <c>memory</c>, or a device kind or model as nodes report it.</param>
/// <param name="Nominal">Its own, whatever others do.</param>
/// <param name="BorrowLimit">How much of others it may use beyond that while they do not; null = all they lend.</param>
/// <param name="LendLimit">How much of its own others may use while it does not; null = all of it.</param>
[GenerateSerializer, Immutable, Alias("QuotaSettings")]
public sealed record QuotaSettings(
    [property: Id(0)] string Kind,
    [property: Id(1)] long Nominal,
    [property: Id(2)] long? BorrowLimit = null,
    [property: Id(3)] long? LendLimit = null);

/// <summary>Whom a queue may put off to get its own quota back from those that borrow it.</summary>
[GenerateSerializer, Alias("ReclaimPolicy")]
public enum ReclaimPolicy
{
    Any,
    LowerPriority,
    Never,
}

/// <summary>A queue that jobs name, or a cohort of queues: whatever is named as a parent is a cohort.</summary>
[GenerateSerializer, Immutable, Alias("QueueSettings")]
public sealed record QueueSettings
{
    /// <summary>The queue of jobs that name none, and the only one where nothing is configured.</summary>
    public const string DefaultName = "default";

    [Id(0)] public required string Name { get; init; }

    /// <summary>The cohort it belongs to; null = none. Quota is lent and borrowed within a cohort.</summary>
    [Id(1)] public string? Parent { get; init; }

    /// <summary>Share against siblings, 1 to 1,000: with 2 it gets twice as much while both want more than there is.</summary>
    [Id(2)] public int Weight { get; init; } = 1;

    /// <summary>
    /// Kinds that no entry between a queue and its top cohort names are without limit for it; kinds that only others of its cohort name it may
    /// borrow only.
    /// </summary>
    [Id(3)] public ImmutableArray<QuotaSettings> Quotas { get; init; } = [];

    [Id(4)] public ReclaimPolicy Reclaim { get; init; } = ReclaimPolicy.Any;

    /// <summary>Whether its tasks of higher priority may put off its tasks of lower priority.</summary>
    [Id(5)] public bool PreemptsLowerPriority { get; init; } = true;
}
