namespace Lepton.Agent.Logs;

/// <summary>Bytes a second that all logs of the agent share; whoever asks waits for its turn.</summary>
internal sealed class LogBudget(int bytesPerSecond)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _free = DateTimeOffset.MinValue;

    /// <summary>Returns when so many bytes may be sent.</summary>
    public Task Take(int bytes, CancellationToken cancel)
    {
        TimeSpan wait;
        lock (_gate)
        {
            var now = TimeProvider.System.GetUtcNow();
            if (_free < now - TimeSpan.FromSeconds(1) || _free > now + TimeSpan.FromMinutes(1)) _free = now - TimeSpan.FromSeconds(1);     // a second's worth may be saved up
            wait = _free - now;
            _free += TimeSpan.FromSeconds((double)bytes / bytesPerSecond);
        }
        return wait > TimeSpan.Zero ? Task.Delay(wait, cancel) : Task.CompletedTask;
    }
}
