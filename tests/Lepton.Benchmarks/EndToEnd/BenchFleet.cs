using Lepton.Client;
using Lepton.Local.Regions;
using Lepton.Model;
using Lepton.Tests.Shared;

namespace Lepton.Benchmarks.EndToEnd;

/// <summary>Three regions as processes of their own, in a temporary folder, on free ports; gone with everything when disposed.</summary>
internal sealed class BenchFleet : IAsyncDisposable
{
    private static readonly string[] Names = ["us-east", "eu-west", "ap-south"];

    private readonly string _home;
    private readonly List<RegionProcess> _regions = [];

    private BenchFleet(string home) => _home = home;

    public IReadOnlyList<RegionProcess> Regions => _regions;

    public HttpLepton Lepton => _regions[0].Lepton;

    /// <param name="slots">Tasks that each agent has room for; 0 = no agents.</param>
    public static async Task<BenchFleet> Start(int slots)
    {
        var fleet = new BenchFleet(Path.Combine(Path.GetTempPath(), $"lepton-bench-{Guid.NewGuid():N}"));
        try
        {
            var ports = Enumerable.Range(0, Names.Length * 3).Select(_ => ReservedPorts.Next()).ToArray();
            var plans = Names.Select((name, i) =>
                new RegionPlan(new RegionId(name), ports[i * 3], ports[(i * 3) + 1], ports[(i * 3) + 2], Path.Combine(fleet._home, name))).ToList();
            for (var i = 0; i < plans.Count; i++) fleet._regions.Add(RegionProcess.Start(plans, i, slots));
            foreach (var region in fleet._regions) await region.Ready();
            if (slots > 0) await fleet.Join();
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    public async Task<Usage> Used(bool collect = false)
    {
        var sum = new Usage();
        foreach (var region in _regions) sum += await region.Used(collect);
        return sum;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_regions.Select(r => r.DisposeAsync().AsTask()));
        if (Directory.Exists(_home)) Directory.Delete(_home, recursive: true);
    }

    private async Task Join()
    {
        foreach (var region in _regions) await region.StartAgent();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var nodes = await Lepton.ListNodesAsync(new NodeFilter(), limit.Token);
            if (nodes.Items.Count(n => n.State == nameof(NodePhase.Ready)) == _regions.Count) return;
            await Task.Delay(100, limit.Token);
        }
    }
}
