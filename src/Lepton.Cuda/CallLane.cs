using System.Diagnostics.CodeAnalysis;

namespace Lepton.Cuda;

/// <summary>Rare blocking calls, one at a time on a thread of its own, with a limit: one that hangs is reported, and nothing is started on top of it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The lane lives as long as the process: a call that hangs must find it when it comes back.")]
internal sealed class CallLane(string name)
{
    private const int Asked = 0;
    private const int Answered = 1;
    private const int GivenUp = 2;

    private readonly SemaphoreSlim _free = new(1);

    /// <summary>A call is running, or hangs.</summary>
    public bool Busy => _free.CurrentCount == 0;

    /// <param name="late">What to do with a value that comes when nobody waits for it any more.</param>
    public async Task<ProbeResult<T>> RunAsync<T>(string where, TimeSpan limit, Func<ProbeResult<T>> call, Action<T>? late, CancellationToken cancel)
        where T : class
    {
        if (!await _free.WaitAsync(limit, cancel)) return ProbeError.Hung(where, limit);
        var state = Asked;
        var done = new TaskCompletionSource<ProbeResult<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(Work) { IsBackground = true, Name = name }.Start();
        try
        {
            return await done.Task.WaitAsync(limit, cancel);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            if (Interlocked.CompareExchange(ref state, GivenUp, Asked) == Answered) return await done.Task;
            if (e is TimeoutException) return ProbeError.Hung(where, limit);
            throw;
        }

        void Work()
        {
            ProbeResult<T> result;
            try
            {
                result = call();
            }
            catch (Exception e)
            {
                // A bug of ours, not of the driver: whoever waits gets it.
                _free.Release();
                done.TrySetException(e);
                return;
            }
            if (Interlocked.CompareExchange(ref state, Answered, Asked) == GivenUp)
            {
                if (result.Ok) late?.Invoke(result.Value);
                _free.Release();
                return;
            }
            _free.Release();
            done.SetResult(result);
        }
    }
}
