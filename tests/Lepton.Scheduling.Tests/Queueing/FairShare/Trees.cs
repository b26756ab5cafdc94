using System.Collections.Immutable;
using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Queueing.FairShare;

namespace Lepton.Scheduling.Tests.Queueing.FairShare;

/// <summary>Queues and cohorts in few words, and random ones.</summary>
internal static class Trees
{
    public static QueueSettings Queue(string name, string? parent = null, int weight = 1, params QuotaSettings[] quotas) =>
        new() { Name = name, Parent = parent, Weight = weight, Quotas = [.. quotas] };

    public static QuotaSettings Cpu(long nominal, long? borrow = null, long? lend = null) => new("cpu", nominal, borrow, lend);

    public static QuotaSettings Memory(long nominal, long? borrow = null, long? lend = null) => new("memory", nominal, borrow, lend);

    public static QueueTree Tree(params QueueSettings[] settings) => new([.. settings]);

    private static readonly Gen<long?> Limit = Gen.Frequency((2, Gen.Const((long?)null)), (1, Gen.Long[0, 6].Select(l => (long?)l)));

    private static readonly Gen<QuotaSettings> Quota = Gen.Select(Gen.Int[0, 2].Select(k => k == 0 ? "cpu" : k == 1 ? "memory" : "H100"), Gen.Long[0, 8], Limit, Limit, (kind, nominal, borrow, lend) => new QuotaSettings(kind, nominal, borrow, lend));

    /// <summary>Up to 7 entries on up to 3 levels; an entry's parent comes before it.</summary>
    public static readonly Gen<ImmutableArray<QueueSettings>> Any =
        Gen.Select(Gen.Int[-1, 3], Gen.Int[1, 3], Quota.Array[0, 3]).Array[1, 7].Select(entries => entries
            .Select((entry, i) => Queue(
                $"q{i}",
                entry.Item1 >= 0 && entry.Item1 < i ? $"q{entry.Item1}" : null,
                entry.Item2,
                [.. entry.Item3.DistinctBy(q => q.Kind)]))
            .ToImmutableArray());
}
