using Lepton.Client;
using Lepton.Local.Agents;
using Lepton.Local.Regions;
using Lepton.Regions;
using Spectre.Console;

namespace Lepton.Local;

/// <summary>All regions of this machine and their agents, started and stopped in order.</summary>
public sealed class LocalFleet(LocalOptions options) : IAsyncDisposable
{
    /// <summary>Time that agents have to end their tasks with grace when the fleet stops; then they are asked to end them at once.</summary>
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan LeaveAtOnceLimit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>An agent that lived so long did not fail at its start.</summary>
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private readonly List<RegionHost> _regions = [];
    private readonly List<Task> _keepers = [];
    private readonly CancellationTokenSource _leaving = new();

    public IReadOnlyList<RegionPlan> Plans { get; } = RegionPlan.For(options);

    public IReadOnlyList<RegionHost> Regions => _regions;

    /// <summary>Lepton as the first region answers it, without the way over HTTP.</summary>
    public ILepton Lepton => _regions[0].Services.GetRequiredService<ILepton>();

    public async Task Start(CancellationToken cancel)
    {
        var starting = RegionPlan.Hosted(options).Select(plan => RegionHost.Start(plan.ToConfiguration(Plans, options.Verbose), cancel)).ToList();
        foreach (var start in starting)
        {
            try
            {
                _regions.Add(await start);
            }
            catch
            {
                // The others may have started: they are stopped with the fleet, and the first error is the one to tell.
                foreach (var other in starting.Where(s => s != start)) await Take(other);
                throw;
            }
        }

        var agents = new List<AgentProcess>();
        var hosted = RegionPlan.Hosted(options);
        foreach (var plan in hosted.SelectMany(p => p.Agents))
        {
            cancel.ThrowIfCancellationRequested();
            var agent = Start(plan);
            agents.Add(agent);
            _keepers.Add(Keep(agent, cancel));
        }

        AnsiConsole.Write(FleetTable.Of(hosted, agents, options.Devices));
    }

    private AgentProcess Start(AgentPlan plan) => AgentProcess.Start(
        plan, options.Cpus, devices: options.Devices, labels: NodeSettings.LabelsOf(options, plan.Node), taints: NodeSettings.TaintsOf(options, plan.Node));

    /// <summary>Agents first, so that their tasks end as preempted and are recorded; then the regions. Tells what went wrong, and goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        foreach (var keeper in _keepers) await Quietly(keeper, "an agent");
        foreach (var region in _regions) await Quietly(region.DisposeAsync().AsTask(), $"region {region.Configuration.Region}");
        _leaving.Dispose();
    }

    private async Task Take(Task<RegionHost> start)
    {
        try
        {
            var region = await start;
            if (!_regions.Contains(region)) _regions.Add(region);
        }
        catch (Exception error)
        {
            await Console.Error.WriteLineAsync($"error: {error.Message}");
        }
    }

    private static async Task Quietly(Task stop, string what)
    {
        try
        {
            await stop;
        }
        catch (Exception error)
        {
            await Console.Error.WriteLineAsync($"warning: stopping {what} failed: {error.Message}. What was acknowledged is durable all the same.");
        }
    }

    /// <summary>An agent that ends although nobody asked it to is started again: it finds its tasks alive and adopts them.</summary>
    private async Task Keep(AgentProcess agent, CancellationToken stop)
    {
        var pause = FirstPause;
        while (true)
        {
            var started = TimeProvider.System.GetTimestamp();
            if (await Ended(agent)) return;
            if (agent.WasRefused)
            {
                AnsiConsole.MarkupLineInterpolated($" [red]agent {agent.Plan.Node} does not start ({agent.Epitaph()}); the fleet goes on without it[/]");
                agent.Dispose();
                return;
            }

            if (!stop.IsCancellationRequested)
            {
                pause = TimeProvider.System.GetElapsedTime(started) > LongEnough ? FirstPause : pause;
                AnsiConsole.MarkupLineInterpolated($" [yellow]agent {agent.Plan.Node} ended ({agent.Epitaph()}); starting it again in {pause.TotalSeconds:0} s[/]");
            }

            agent.Dispose();
            try
            {
                await Task.Delay(pause, _leaving.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            agent = Start(agent.Plan);
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
            if (!await agent.HasLeft(LeaveLimit))
            {
                AnsiConsole.MarkupLineInterpolated($" agent {agent.Plan.Node} still waits for tasks after {LeaveLimit.TotalSeconds} s; they end at once now");
                agent.AskToLeave();
                if (!await agent.HasLeft(LeaveAtOnceLimit))
                {
                    AnsiConsole.MarkupLineInterpolated($" [red]agent {agent.Plan.Node} did not leave and was killed; its tasks end with their lease[/]");
                    agent.Kill();
                }
            }

            agent.Dispose();
            return true;
        }
    }
}
