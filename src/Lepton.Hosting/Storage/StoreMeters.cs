using System.Diagnostics.Metrics;

namespace Lepton.Hosting;

/// <summary>Figures of the store: commits, batches, failures.</summary>
internal static class StoreMeters
{
    private static readonly Meter Meter = new("Lepton");
    private static readonly Counter<long> Commits = Meter.CreateCounter<long>("lepton.store.commits", "{commit}", "Transactions made durable.");
    private static readonly Counter<long> Batches = Meter.CreateCounter<long>("lepton.store.batches", "{batch}", "Batches of callers made durable.");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("lepton.store.failures", "{transaction}", "Transactions that failed.");

    public static void Committed(int batches)
    {
        Commits.Add(1);
        Batches.Add(batches);
    }

    public static void Failed() => Failures.Add(1);
}
