using Lepton.Contracts;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Lepton.Grains.Regions;

/// <summary>
/// Keeps a region alive without callers: wakes region and seat each second, and at the start and every <see cref="SweepEvery"/> each node
/// and each grain that owes a message and is not at rest, so that nothing waits for a caller after a crash.
/// </summary>
public sealed partial class RegionKeeper(
    IGrainFactory grains,
    IRegionStore store,
    RegionSettings settings,
    TimeProvider clock,
    ILogger<RegionKeeper> log) : BackgroundService
{
    public static readonly TimeSpan WakeEvery = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(30);

    private readonly OwingRows _owing = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var nextSweep = clock.GetUtcNow();
        using var timer = new PeriodicTimer(WakeEvery, clock);
        do
        {
            try
            {
                await grains.GetGrain<ISeatGrain>(settings.Region.Value).Wake();
                await grains.GetGrain<IRegionGrain>(settings.Region.Value).Wake();
                if (clock.GetUtcNow() < nextSweep) continue;
                await Sweep(stoppingToken);
                nextSweep = clock.GetUtcNow() + SweepEvery;
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)   // a store or silo in trouble: try again next second
            {
                LogWakeFailed(log, error, settings.Region);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Sweep(CancellationToken cancel)
    {
        await foreach (var record in store.Scan(new RowScan("node/", LiveOnly: false), cancel)) await WakeOne(record.Key);
        foreach (var key in _owing.Open) _owing.Woken(key, await WakeOne(key));
        await foreach (var row in store.ScanOwing(_owing.Seen, cancel)) _owing.Woken(row.Key, row.ETag, await WakeOne(row.Key));
        _owing.EndPass();
    }

    /// <summary>One grain that cannot start must not keep the others asleep. True when it is at rest.</summary>
    private async Task<bool> WakeOne(string rowKey)
    {
        try
        {
            return await Grain(rowKey).Wake();
        }
        catch (Exception error)
        {
            LogRowAsleep(log, error, rowKey);
            return false;
        }
    }

    private IMachineGrain Grain(string rowKey)
    {
        var slash = rowKey.IndexOf('/', StringComparison.Ordinal);
        var key = rowKey[(slash + 1)..];
        return rowKey[..slash] switch
        {
            "job" => grains.GetGrain<IJobGrain>(key),
            "task" or "guest" => grains.GetGrain<ITaskGrain>(TaskKey(key)),
            "node" => grains.GetGrain<INodeGrain>(key),
            "region" => grains.GetGrain<IRegionGrain>(key),
            "seat" => grains.GetGrain<ISeatGrain>(key),
            var kind => throw new InvalidOperationException($"Row '{rowKey}' is of unknown kind '{kind}'."),
        };
    }

    /// <summary>Row keys carry the index padded, for order; grain keys do not.</summary>
    private static string TaskKey(string key)
    {
        var slash = key.LastIndexOf('/');
        return $"{key[..slash]}/{int.Parse(key.AsSpan(slash + 1), System.Globalization.CultureInfo.InvariantCulture)}";
    }

    [LoggerMessage(2, LogLevel.Error, "The grain of row '{RowKey}' cannot be woken; what it owes waits. Next try within 30 s.")]
    private static partial void LogRowAsleep(ILogger log, Exception error, string rowKey);

    [LoggerMessage(1, LogLevel.Warning, "Region {Region}: waking its grains failed; next try in a second.")]
    private static partial void LogWakeFailed(ILogger log, Exception error, RegionId region);
}
