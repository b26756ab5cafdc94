using System.Diagnostics;
using System.Text.Json;
using Lepton.Client;
using Lepton.Local.Agents;
using Lepton.Local.Regions;

namespace Lepton.Benchmarks.EndToEnd;

/// <summary>A region of the benchmark as its parent sees it: one process for the silo, one for its agent, HTTP in front.</summary>
internal sealed class RegionProcess : IAsyncDisposable
{
    private readonly Process _process;

    private RegionProcess(Process process, RegionPlan plan)
    {
        _process = process;
        Plan = plan;
        Http = HttpLepton.NewHttpClient(plan.Http, TimeSpan.FromSeconds(60));
        Lepton = new HttpLepton(Http);
    }

    public RegionPlan Plan { get; }

    public HttpClient Http { get; }

    public HttpLepton Lepton { get; }

    public static RegionProcess Start(IReadOnlyList<RegionPlan> fleet, int index, int slots)
    {
        var start = new ProcessStartInfo(DotnetHost.Path) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Lepton.Benchmarks.dll"));
        start.ArgumentList.Add(Verbs.EndToEndVerb.RegionVerb);
        foreach (var argument in RegionArguments.Of(fleet, index, slots)) start.ArgumentList.Add(argument);
        // The region runs with the settings of the silo's own program, not with those of this one.
        foreach (var (name, value) in SiloRuntime.Environment()) start.Environment[name] = value;
        return new RegionProcess(Process.Start(start) ?? throw new InvalidOperationException("No process was started."), fleet[index]);
    }

    public async Task Ready()
    {
        var line = await Line();
        if (line != "ready") throw new InvalidOperationException($"Region {Plan.Region} said '{line}' instead of being ready.");
    }

    public Task<string> StartAgent() => Ask("agent");

    public async Task<Usage> Used(bool collect = false) => JsonSerializer.Deserialize<Usage>(await Ask(collect ? "collect" : "usage"))!;

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        Http.Dispose();
        _process.Dispose();
    }

    private async Task<string> Ask(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        return await Line();
    }

    private async Task<string> Line() =>
        await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"The process of region {Plan.Region} has ended.");
}
