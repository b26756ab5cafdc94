using Lepton.Contracts;

namespace Lepton.Hosting;

/// <summary>Something that waits for the writer: done inside a transaction it shares with others, completed when that is durable.</summary>
internal abstract class StoreJob
{
    /// <summary>What it holds in memory while it waits.</summary>
    public virtual long Bytes => 0;

    /// <summary>Does the work. Throws only what breaks the whole transaction.</summary>
    public abstract void Apply(WriteStatements statements);

    /// <summary>The transaction is durable.</summary>
    public abstract void Complete();

    public abstract void Fail(StoreUnavailableException error);
}

/// <summary>A job with a result.</summary>
internal abstract class StoreJob<T> : StoreJob
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Done => _done.Task;

    protected T Result { get; set; } = default!;

    public override void Complete() => _done.SetResult(Result);

    public override void Fail(StoreUnavailableException error) => _done.SetException(error);
}

/// <summary>A row as it goes to the disk: encoded by its caller, so that the writer only writes.</summary>
/// <param name="Bytes">Null = delete.</param>
internal sealed record EncodedRow(string Key, long ExpectedETag, Model.RowIndex? Index, bool Owes, byte[]? Bytes);

/// <summary>One caller's batch: all rows or none, whatever else is in the transaction.</summary>
internal sealed class WriteJob(EncodedRow[] rows) : StoreJob<long[]?>
{
    public override long Bytes { get; } = rows.Sum(r => (long)(r.Bytes?.Length ?? 0));

    public override void Apply(WriteStatements statements)
    {
        // ETags first: a batch that does not match has touched nothing and needs no savepoint.
        foreach (var row in rows)
        {
            if (statements.ETagOf(row.Key) != row.ExpectedETag) return;
        }

        var etags = new long[rows.Length];
        for (var i = 0; i < rows.Length; i++) etags[i] = statements.Put(rows[i]);
        Result = etags;
    }
}

/// <summary>Removal of ended rows.</summary>
internal sealed class PurgeJob(KeyRange range, long endedBeforeTicks, int limit) : StoreJob<int>
{
    public override void Apply(WriteStatements statements) => Result = statements.Purge(range, endedBeforeTicks, limit);
}
