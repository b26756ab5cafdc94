using Lepton.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lepton.Hosting;

/// <summary>Sweeps away what is over, again and again. A sweep that fails is only late.</summary>
internal sealed partial class RetentionService(
    RetentionOptions options,
    IRegionStore store,
    TimeProvider time,
    ILogger<RetentionService> log,
    FileLogStore? logs = null,
    FileArtifactStore? artifacts = null) : BackgroundService
{
    /// <summary>One sweep: rows first, so that nothing names the logs and artifacts that go with them.</summary>
    internal async Task<(int Rows, int Logs, int Artifacts)> Sweep(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var rows = await new RowSweep(store, options).Run(now, cancel);
        var goneLogs = logs is null ? 0 : await new LogSweep(logs, store, options).Run(now, cancel);
        var (goneArtifacts, heldBytes) = artifacts is null ? (0, null) : await new ArtifactSweep(artifacts, store, options).Run(now, cancel);
        if (heldBytes is { } held) LogHeld(options.MaxArtifactBytes, held);
        return (rows, goneLogs, goneArtifacts);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.SweepEvery, time);
        while (await Next(timer, stoppingToken))
        {
            try
            {
                var (rows, goneLogs, goneArtifacts) = await Task.Run(() => Sweep(stoppingToken), stoppingToken);
                if (rows + goneLogs + goneArtifacts > 0) LogSwept(rows, goneLogs, goneArtifacts);
            }
            catch (Exception e) when (e is StoreUnavailableException or IOException or UnauthorizedAccessException)
            {
                LogFailed(e.Message, options.SweepEvery);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private static async ValueTask<bool> Next(PeriodicTimer timer, CancellationToken cancel)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "Retention removed {Rows} rows, {Logs} logs and {Artifacts} artifacts.")]
    private partial void LogSwept(int rows, int logs, int artifacts);

    [LoggerMessage(
        LogLevel.Warning,
        "Artifacts are over the limit of {Limit} bytes, but live jobs name all that is left: {Held} bytes. Maybe raise MaxArtifactBytes.")]
    private partial void LogHeld(long limit, long held);

    [LoggerMessage(LogLevel.Warning, "Retention could not finish: {Why} It begins again in {Every}.")]
    private partial void LogFailed(string why, TimeSpan every);
}
