using Lepton.Model;
using Lepton.Specs;

namespace Lepton.Hosting;

/// <summary>A queue that jobs name, or a cohort: whatever another entry names as its parent.</summary>
public sealed record QueueEntry
{
    /// <summary>Lower-case letters, digits and '-', at most 40; each once.</summary>
    public required string Name { get; init; }

    /// <summary>The cohort within which it lends and borrows; left out = none.</summary>
    public string? Parent { get; init; }

    /// <summary>Share against its siblings. Default 1; 1 to 1,000.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>What it may hold; a kind that nobody of its cohort names is without limit.</summary>
    public IReadOnlyList<QuotaEntry> Quotas { get; init; } = [];

    /// <summary>Whom it may put off to get its own quota back from borrowers: any (default), lowerPriority, never.</summary>
    public string Reclaim { get; init; } = "any";

    /// <summary>Whom of its own it may put off for a task of higher priority: lowerPriority (default), never.</summary>
    public string Preempt { get; init; } = "lowerPriority";

    internal static QueueEntry Read(SettingsMap map)
    {
        map.Require("name", "nlp");
        var entry = new QueueEntry
        {
            Name = map.Text("name") ?? "",
            Parent = map.Text("parent"),
            Weight = map.Whole("weight") ?? 1,
            Quotas = [.. (map.Maps("quotas") ?? []).Select(QuotaEntry.Read)],
            Reclaim = map.Text("reclaim") ?? "any",
            Preempt = map.Text("preempt") ?? "lowerPriority",
        };
        map.Done();
        return entry;
    }

    internal QueueSettings ToSettings() => new()
    {
        Name = Name,
        Parent = Parent,
        Weight = Weight,
        Quotas = [.. Quotas.Select(q => q.ToSettings())],
        Reclaim = Enum.Parse<ReclaimPolicy>(Reclaim, ignoreCase: true),
        PreemptsLowerPriority = Preempt == "lowerPriority",
    };
}

/// <summary>Quota of one kind: <c>cpu</c> in cores, <c>memory</c> in GiB, a device kind (<c>gpu</c>) or model in devices.</summary>
/// <param name="Nominal">Its own. 0 to 1,000,000,000.</param>
/// <param name="BorrowLimit">What it may use beyond that while others of its cohort do not; left out = all they lend.</param>
/// <param name="LendLimit">What others of its cohort may use of its own while it does not; left out = all of it.</param>
public sealed record QuotaEntry(string Kind, decimal Nominal, decimal? BorrowLimit = null, decimal? LendLimit = null)
{
    internal static QuotaEntry Read(SettingsMap map)
    {
        map.Require("kind", "cpu").Require("nominal", "64");
        var entry = new QuotaEntry(map.Text("kind") ?? "", map.Number("nominal") ?? 0, map.Number("borrowLimit"), map.Number("lendLimit"));
        map.Done();
        return entry;
    }

    internal QuotaSettings ToSettings() => new(Kind, Units(Nominal), BorrowLimit is { } b ? Units(b) : null, LendLimit is { } l ? Units(l) : null);

    private long Units(decimal amount) => (long)decimal.Round(amount * (string.Equals(Kind, "memory", StringComparison.OrdinalIgnoreCase) ? 1L << 30 : 1000));
}
