using System.Diagnostics;
using System.Text;
using Lepton.Client;
using Lepton.Tests.Shared;

namespace Lepton.EndToEnd.Tests;

/// <summary>Three Lepton.Silo processes with a file each, and an agent for each: a deployment as an operator makes it, on one machine.</summary>
internal sealed class SiloFleet : IAsyncDisposable
{
    public static readonly string[] Regions = ["us-east", "eu-west", "ap-south"];

    private readonly int _ports = ReservedPorts.Block(12);
    private readonly Dictionary<string, Process> _silos = [];
    private readonly List<Process> _agents = [];
    private readonly StringBuilder _output = new();

    private readonly string[] _members;

    /// <param name="members">Regions of the fleet; all three when none is named.</param>
    public SiloFleet(params string[] members)
    {
        _members = members.Length == 0 ? Regions : members;
        Home = Path.Combine(Path.GetTempPath(), $"lepton-silos-{Environment.ProcessId}-{_ports}");
        Directory.CreateDirectory(Home);
        foreach (var region in _members) File.WriteAllText(FileOf(region), ConfigurationOf(region));
    }

    public string Home { get; }

    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public ILepton Client(string region) => new HttpLepton(HttpLepton.NewHttpClient(Server(region)));

    public Uri Server(string region) => new($"http://127.0.0.1:{Http(region)}");

    public string FileOf(string region) => Path.Combine(Home, $"{region}.yaml");

    public Process Silo(string region) => _silos[region];

    public void StartSilo(string region) => _silos[region] = Run(Programs.Silo, FileOf(region));

    public void StartAgent(string region) => StartAgent(region, "n01", []);

    /// <summary>An agent with options and variables of its own.</summary>
    public void StartAgent(string region, string name, IEnumerable<string> options, params (string Name, string Value)[] variables) => _agents.Add(Run(
        Programs.Agent,
        [
            "--region", region, "--name", name, "--gateway", $"127.0.0.1:{Gateway(region)}", "--data", $"http://127.0.0.1:{Http(region)}",
            "--state", Path.Combine(Home, $"agent-{region}-{name}"), "--cpus", "2", "--memory", "1GiB", .. options,
        ],
        variables));

    public async Task Stop()
    {
        foreach (var agent in _agents) Programs.Signal(agent.Id, Programs.SigTerm);
        foreach (var agent in _agents) await ExitsInOrder(agent);
        foreach (var silo in _silos.Values) Programs.Signal(silo.Id, Programs.SigTerm);
        foreach (var silo in _silos.Values) await ExitsInOrder(silo);
    }

    private async Task ExitsInOrder(Process process)
    {
        if (await Exit(process) is var code && code != 0) Assert.Fail($"Process {process.Id} left with {code}, not 0.\n{Output}");
    }

    public async Task<int> Exit(Process process)
    {
        using var limit = new CancellationTokenSource(Fleet.Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"Process {process.Id} did not exit within {Fleet.Patience}.\n{Output}");
        }

        return process.ExitCode;
    }

    /// <summary>Asks again and again until it holds. What cannot be reached yet counts as not yet.</summary>
    public Task Eventually(string what, string region, Func<ILepton, Task<bool>> holds) => Fleet.Eventually(what, Client(region), holds, () => Output);

    public ValueTask DisposeAsync()
    {
        for (var left = Programs.OfHome(Home); left.Count > 0; left = Programs.OfHome(Home))
        {
            foreach (var pid in left) Programs.Signal(pid, Programs.SigKill);
        }

        foreach (var process in _silos.Values.Concat(_agents)) process.Dispose();
        Directory.Delete(Home, recursive: true);
        return ValueTask.CompletedTask;
    }

    private int Http(string region) => _ports + Array.IndexOf(Regions, region);

    private int Gateway(string region) => _ports + 8 + Array.IndexOf(Regions, region);

    private string ConfigurationOf(string region)
    {
        var text = new StringBuilder($"region: {region}\nsiloPort: {_ports + 4 + Array.IndexOf(Regions, region)}\ndataFolder: {region}\nfleet:\n");
        foreach (var member in _members)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"  - {{region: {member}, gateway: \"127.0.0.1:{Gateway(member)}\", http: \"http://127.0.0.1:{Http(member)}/\"}}\n");
        }

        return text.ToString();
    }

    private Process Run(string program, params string[] arguments) => Run(program, arguments, []);

    private Process Run(string program, string[] arguments, (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(program);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in variables) start.Environment[name] = value;
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Keep(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }
}
