using System.Globalization;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting.Tests;

/// <summary>Rows for examples: what a test does not name has a plain default.</summary>
internal static class Some
{
    public static readonly RegionId Region = new("us-east");

    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static JobId Job(string key = "j1") => new(Region, key);

    public static StoredMachine Task(
        int index,
        TaskPhase phase = TaskPhase.Running,
        DateTimeOffset? at = null,
        string name = "train",
        string job = "j1",
        bool owes = false) =>
        new(
            new TaskRow
            {
                Task = new TaskId(Job(job), index),
                Tenant = TenantId.Default,
                Name = name,
                Phase = phase,
                Attempt = 1,
                Attempts = [],
                SubmittedAt = at ?? Noon,
                EndedAt = phase.IsTerminal() ? at ?? Noon : null,
            },
            owes ? [new OwedSend(1, Address.Of(Region), new TaskSettled(new TaskId(Job(job), index)))] : []);

    public static StoredMachine Node(string name = "n01", long epoch = 1) =>
        new(new NodeRow { Node = new NodeId(Region, name), Epoch = new Epoch(epoch), Phase = NodePhase.Ready }, []);

    public static RowWrite New(StoredMachine value) => new(value.Row.Key, 0, value);

    public static RowWrite Over(long etag, StoredMachine value) => new(value.Row.Key, etag, value);

    public static RowWrite Delete(string key, long etag) => new(key, etag, null);

    public static string TaskKey(int index, string job = "j1") =>
        string.Create(CultureInfo.InvariantCulture, $"task/us-east.{job}/{index:D8}");

    public static async Task<List<T>> ToList<T>(this IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items) list.Add(item);
        return list;
    }
}
