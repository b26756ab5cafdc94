using System.Diagnostics;
using System.Text;
using Lepton.Client;
using Lepton.Tests.Shared;

namespace Lepton.EndToEnd.Tests;

/// <summary>A local fleet as a person starts it: its own process, its own home folder, its own ports.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    /// <summary>How long anything on a loaded two-core machine may take before a test names it as missing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly int _ports = ReservedPorts.Block(24);
    private readonly StringBuilder _output = new();
    private Process? _process;

    public Fleet()
    {
        Home = Path.Combine(Path.GetTempPath(), $"lepton-e2e-{Environment.ProcessId}-{_ports}");
        Directory.CreateDirectory(Home);
    }

    public string Home { get; }

    public Uri Server => new($"http://127.0.0.1:{_ports}");

    public int Pid => _process!.Id;

    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public ILepton Client() => new HttpLepton(HttpLepton.NewHttpClient(Server));

    /// <summary>Starts the fleet and returns at once.</summary>
    public void Start(params string[] arguments) => Run([Programs.Local, .. Places, .. arguments]);

    /// <summary>Starts it through <c>lepton up</c>, which becomes the fleet: the process stays the same.</summary>
    public void StartUp(params string[] arguments) => Run([Programs.Cli, "up", .. Places, .. arguments]);

    private string[] Places => ["--home", Home, "--port", $"{_ports}", "--silo-port", $"{_ports + 8}", "--gateway-port", $"{_ports + 16}"];

    private void Run(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits until every region answers and has a ready node.</summary>
    public Task Ready() => Eventually(
        "all regions to be ready",
        async client => (await client.ListRegionsAsync()).Items is { Length: 3 } regions && regions.All(r => r.State == "Ready"));

    /// <summary>Asks again and again until it holds. What cannot be reached yet counts as not yet.</summary>
    public Task Eventually(string what, Func<ILepton, Task<bool>> holds) => Eventually(what, Client(), holds, () => Output);

    public static async Task Eventually(string what, ILepton client, Func<ILepton, Task<bool>> holds, Func<string> output)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        Exception? last = null;
        while (true)
        {
            try
            {
                if (await holds(client)) return;
            }
            catch (LeptonException error)
            {
                last = error;
            }

            try
            {
                await pace.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Waited {Patience} in vain for {what}. Last error: {last?.Message ?? "none"}\n{output()}");
            }
        }
    }

    public async Task<int> Exit(TimeSpan? within = null)
    {
        using var limit = new CancellationTokenSource(within ?? Patience);
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The fleet did not exit within {within ?? Patience}.\n{Output}");
        }

        return _process.ExitCode;
    }

    /// <summary>kill -9 of everything that belongs to this home: silos, agents, shims and tasks.</summary>
    public void KillEverything()
    {
        for (var left = Programs.OfHome(Home); left.Count > 0; left = Programs.OfHome(Home))
        {
            foreach (var pid in left) Programs.Signal(pid, Programs.SigKill);
        }

        _process?.WaitForExit();
    }

    /// <summary>The agent process of a region.</summary>
    public int AgentOf(string region) =>
        Programs.OfHome(Home).Single(pid => Programs.CommandLine(pid) is var line
            && line.Contains("Lepton.Agent.dll", StringComparison.Ordinal)
            && !line.StartsWith("/bin/sh", StringComparison.Ordinal)
            && line.Contains($"--region {region} ", StringComparison.Ordinal));

    public ValueTask DisposeAsync()
    {
        KillEverything();
        _process?.Dispose();
        Directory.Delete(Home, recursive: true);
        return ValueTask.CompletedTask;
    }

    private void Keep(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }
}
