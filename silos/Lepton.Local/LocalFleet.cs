using Lepton.Client;
using Lepton.Local.Agents;
using Lepton.Local.Regions;
using Spectre.Console;

namespace Lepton.Local;

/// <summary>All regions of this machine and their agents, started and stopped in order.</summary>
public sealed class LocalFleet(LocalOptions options) : IAsyncDisposable
{
    /// <summary>Time that agents have to end their tasks when the fleet stops.</summary>
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(1);

    private readonly List<RegionHost> _regions = [];
    private readonly List<Task> _keepers = [];
    private readonly CancellationTokenSource _leaving = new();

    public IReadOnlyList<RegionPlan> Plans { get; } = RegionPlan.For(options);

    public IReadOnlyList<RegionHost> Regions => _regions;

    /// <summary>Lepton as the first region answers it, without the way over HTTP.</summary>
    public ILepton Lepton => _regions[0].Services.GetRequiredService<ILepton>();

    public async Task Start(CancellationToken cancel)
    {
        _regions.AddRange(await Task.WhenAll(Plans.Select(plan => RegionHost.Start(plan, Plans, options.Verbose, cancel))));
        foreach (var region in _regions)
        {
            var agent = AgentProcess.Start(region.Plan, options.Cpus);
            AnsiConsole.MarkupLineInterpolated($" [green]ok[/] {region.Plan.Region,-10} API {region.Plan.Http}  silo :{region.Plan.SiloPort}  gateway :{region.Plan.GatewayPort}  agent pid {agent.Pid}");
            _keepers.Add(Keep(agent));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await Task.WhenAll(_keepers);
        await Task.WhenAll(_regions.Select(r => r.DisposeAsync().AsTask()));
        _leaving.Dispose();
    }

    /// <summary>An agent that ends although nobody asked it to is started again: it finds its tasks alive and adopts them.</summary>
    private async Task Keep(AgentProcess agent)
    {
        while (true)
        {
            if (await Ended(agent)) return;
            AnsiConsole.MarkupLineInterpolated($" [yellow]agent of {agent.Plan.Region} ended, starting it again[/]  (its log: {Path.Combine(agent.Plan.AgentFolder, "agent.log")})");
            agent.Dispose();
            try
            {
                await Task.Delay(RestartPause, _leaving.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            agent = AgentProcess.Start(agent.Plan, options.Cpus);
        }
    }

    /// <summary>True when it ended because the fleet stops.</summary>
    private async Task<bool> Ended(AgentProcess agent)
    {
        try
        {
            await agent.Exited(_leaving.Token);
            return false;
        }
        catch (OperationCanceledException)
        {
            agent.AskToLeave();
            if (!await agent.Leave(LeaveLimit)) AnsiConsole.MarkupLineInterpolated($" [red]agent of {agent.Plan.Region} did not leave within {LeaveLimit.TotalSeconds} s and was killed[/]");
            agent.Dispose();
            return true;
        }
    }
}
