using System.Collections.Concurrent;
using Lepton.Contracts;
using Lepton.Hosting;
using Lepton.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;

namespace Lepton.Grains.Tests.Clusters;

/// <summary>One region of one or more silos in this process over a store that may outlive it.</summary>
internal sealed class RegionCluster : IAsyncDisposable
{
    public static readonly RegionId Region = new("us-east");

    /// <summary>How long anything may take on a loaded machine before a test names it as missing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly InProcessTestCluster _cluster;

    private RegionCluster(InProcessTestCluster cluster, IRegionStore store)
    {
        _cluster = cluster;
        Store = store;
    }

    public IRegionStore Store { get; }

    public IGrainFactory Grains => _cluster.Client;

    public InProcessTestCluster Silos => _cluster;

    public static RegionSettings Settings { get; } = new()
    {
        Region = Region,
        Fleet = [Region],
        NodeLease = TimeSpan.FromSeconds(30),
        HeartbeatEvery = TimeSpan.FromMilliseconds(50),
        ResendFirst = TimeSpan.FromMilliseconds(20),
    };

    public static async Task<RegionCluster> Start(IRegionStore store, short silos = 1)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.ClusterId = Region.Value;
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(store);
            silo.Services.AddSingleton(Settings);
            silo.Services.AddSingleton(TimeProvider.System);
            silo.Services.AddSingleton<IRegionGateway, InsideGateway>();
            silo.Services.AddLeptonGrains();
            silo.Services.AddLogging(log => log.SetMinimumLevel(LogLevel.Error));
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new RegionCluster(cluster, store);
    }

    public Task<Reply> Ask(JobId job, Message message) => Grains.GetGrain<IJobGrain>(job.ToString()).Ask(message);

    /// <summary>Asks until the reply is more than silence: what a client does.</summary>
    public async Task<Reply> AskUntilAnswered(JobId job, Message message)
    {
        Reply last = new Unanswered("not asked");
        await Eventually($"{message.GetType().Name} to be answered", async () => (last = await Ask(job, message)) is not (Unanswered or Busy));
        return last;
    }

    public async Task<JobDescription> Ended(JobId job)
    {
        JobDescription? description = null;
        await Eventually($"{job} to end", async () =>
        {
            description = await Ask(job, new DescribeJob(job)) as JobDescription;
            return description?.EndedAt is not null;
        });
        return description!;
    }

    public static async Task Eventually(string what, Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await Holds(holds))
        {
            try
            {
                await pace.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Waited {Patience} in vain for {what}.");
            }
        }
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    /// <summary>A call into a silo that is just going down counts as not yet.</summary>
    private static async Task<bool> Holds(Func<Task<bool>> holds)
    {
        try
        {
            return await holds();
        }
        catch (Exception error) when (error is Orleans.Runtime.OrleansException or TimeoutException)
        {
            return false;
        }
    }
}

/// <summary>A store that counts and, when told, fails.</summary>
internal sealed class WatchedStore(IRegionStore inner) : IRegionStore
{
    public ConcurrentDictionary<string, int> Writes { get; } = new();

    public bool IsBroken { get; set; }

    public ValueTask<StoredRecord?> Read(string key, CancellationToken cancel) => inner.Read(key, cancel);

    public async ValueTask<long[]?> Write(IReadOnlyList<RowWrite> batch, CancellationToken cancel)
    {
        if (IsBroken) throw new StoreUnavailableException("the test has pulled the disk. Maybe wait.", unknown: false);
        foreach (var write in batch) Writes.AddOrUpdate(write.Key, 1, (_, n) => n + 1);
        return await inner.Write(batch, cancel);
    }

    public IAsyncEnumerable<StoredRecord> Scan(RowScan scan, CancellationToken cancel) => inner.Scan(scan, cancel);

    public ValueTask<RowPage> List(RowList list, CancellationToken cancel) => inner.List(list, cancel);

    public IAsyncEnumerable<OwingRow> ScanOwing(long after, CancellationToken cancel) => inner.ScanOwing(after, cancel);

    public ValueTask<int> Purge(string prefix, DateTimeOffset endedBefore, int limit, CancellationToken cancel) => inner.Purge(prefix, endedBefore, limit, cancel);
}
