using System.Threading.Channels;
using Lepton.Contracts;

namespace Lepton.Hosting;

/// <summary>
/// The only writer of a store file, on a thread of its own: takes whatever waits into one transaction, so that one sync of the disk serves
/// many callers. A failed transaction fails its callers and nothing else: the connection is opened anew for the next ones.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private readonly SqliteFile _file;
    private readonly SqliteStoreOptions _options;
    private readonly Channel<StoreJob> _queue;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<StoreJob> _group = [];
    private WriteStatements? _statements;
    private long _waitingBytes;
    private volatile bool _closing;

    public SqliteWriter(SqliteFile file, WriteStatements statements, SqliteStoreOptions options)
    {
        _file = file;
        _statements = statements;
        _options = options;
        _queue = Channel.CreateBounded<StoreJob>(new BoundedChannelOptions(options.QueueLimit) { SingleReader = true });
        new Thread(Run) { IsBackground = true, Name = "lepton store" }.Start();
    }

    /// <exception cref="StoreUnavailableException">Too much waits already, or the store is closed.</exception>
    public void Enqueue(StoreJob job)
    {
        var waiting = Interlocked.Add(ref _waitingBytes, job.Bytes);
        // A job alone always fits: the limit is on what gathers behind a slow disk.
        if ((waiting <= _options.QueueBytes || waiting == job.Bytes) && _queue.Writer.TryWrite(job)) return;
        Interlocked.Add(ref _waitingBytes, -job.Bytes);
        if (_closing) throw Closed();
        throw new StoreUnavailableException(
            $"The store '{_file.Path}' is busy: {_queue.Reader.Count} batches of {(waiting - job.Bytes) >> 10} KiB wait for the disk. Maybe try again in a moment; if this goes on, its disk is too slow.", false);
    }

    public async ValueTask DisposeAsync()
    {
        _closing = true;
        _queue.Writer.TryComplete();
        await _ended.Task;
    }

    private void Run()
    {
        while (WaitForWork()) CommitGroup();
        Drop();
        _ended.SetResult();
    }

    private bool WaitForWork()
    {
        var waiting = _queue.Reader.WaitToReadAsync();
        return waiting.IsCompletedSuccessfully ? waiting.Result : waiting.AsTask().GetAwaiter().GetResult();
    }

    private void CommitGroup()
    {
        var committing = false;
        try
        {
            _file.RequirePresent();
            _statements ??= new WriteStatements(_file.Again(readOnly: false));
            _statements.Begin();
            while (_group.Count < _options.BatchesPerCommit && _queue.Reader.TryRead(out var job))
            {
                Interlocked.Add(ref _waitingBytes, -job.Bytes);
                _group.Add(job);
                job.Apply(_statements);
            }

            _statements.Finish();
            committing = true;
            _statements.Commit();
            StoreMeters.Committed(_group.Count);
            foreach (var job in _group) job.Complete();
        }
        catch (Exception e)
        {
            // Whatever it is, it is the callers' to know; the loop lives on.
            Drop();
            FailAll(SqliteFaults.Unavailable(_file.Path, e, committing && SqliteFaults.CommitIsUnknown(e)));
        }
        finally
        {
            _group.Clear();
        }
    }

    /// <summary>Fails the group; where it failed before it took anyone, whoever waits now, or they would wait for the same failure in turn.</summary>
    private void FailAll(StoreUnavailableException error)
    {
        StoreMeters.Failed();
        if (_group.Count == 0)
        {
            while (_group.Count < _options.QueueLimit && _queue.Reader.TryRead(out var job))
            {
                Interlocked.Add(ref _waitingBytes, -job.Bytes);
                _group.Add(job);
            }
        }

        foreach (var job in _group) job.Fail(error);
    }

    private void Drop()
    {
        var statements = _statements;
        _statements = null;
        if (statements is null) return;
        try
        {
            statements.Dispose();      // closing rolls back what was not committed
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            // A connection so broken that it cannot even be closed: it is forgotten, the next one is new.
        }
    }

    private StoreUnavailableException Closed() => new($"The store '{_file.Path}' is closed: this silo is going down. Maybe try another one.", false);
}
