using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Lepton.Hosting;

/// <summary>The read connections of a store file: as many callers read at once as there are connections, the others wait their turn.</summary>
internal sealed class SqliteReaders(SqliteFile file, int count) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count);
    private readonly ConcurrentBag<ReadStatements> _idle = [];
    private bool _disposed;

    /// <summary>Reads on the caller's thread: for what takes microseconds.</summary>
    /// <exception cref="Contracts.StoreUnavailableException">The file cannot be read now.</exception>
    public async ValueTask<T> Quick<T>(Func<ReadStatements, T> read, CancellationToken cancel)
    {
        await _free.WaitAsync(cancel);
        try
        {
            return Use(read);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Reads on a thread of the pool: for lists and scans, so that no grain waits for the disk.</summary>
    /// <exception cref="Contracts.StoreUnavailableException">The file cannot be read now.</exception>
    public async Task<T> Long<T>(Func<ReadStatements, T> read, CancellationToken cancel)
    {
        await _free.WaitAsync(cancel);
        try
        {
            return await Task.Run(() => Use(read), cancel);
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var statements)) statements.Dispose();
    }

    private T Use<T>(Func<ReadStatements, T> read)
    {
        ReadStatements? statements = null;
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_idle.TryTake(out statements)) statements = new ReadStatements(file.Again(readOnly: true));
            var result = read(statements);
            if (_disposed) statements.Dispose();
            else _idle.Add(statements);
            return result;
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            statements?.Dispose();
            throw SqliteFaults.Unavailable(file.Path, e, false);
        }
    }
}
