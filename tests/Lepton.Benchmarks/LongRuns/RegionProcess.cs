using System.Globalization;
using Lepton.Client;

namespace Lepton.Benchmarks.LongRuns;

/// <summary>One region as an operator runs it: the silo's own program with its file, and one agent, each a process of its own.</summary>
internal sealed class RegionProcess(string region, int number, LongRunOptions options) : IDisposable
{
    private readonly HttpClient _http = HttpLepton.NewHttpClient(new Uri($"http://127.0.0.1:{Text(options.HttpPort(number))}"), TimeSpan.FromSeconds(15));
    private readonly KeptProcess _silo = new($"silo of {region}");
    private readonly KeptProcess _agent = new($"agent of {region}");

    public string Region => region;

    /// <summary>Rows, artifacts and logs.</summary>
    public string Folder => Path.Combine(options.Home, "regions", region);

    public string AgentFolder => Path.Combine(options.Home, "agents", region);

    public HttpClient Http => _http;

    public ILepton Lepton => new HttpLepton(_http);

    public Uri Metrics { get; } = new($"http://127.0.0.1:{Text(options.MetricsPort(number))}/metrics");

    public KeptProcess Silo => _silo;

    public KeptProcess Agent => _agent;

    public string LogFile => Path.Combine(options.Home, $"{region}.log");

    /// <summary>Starts what does not live. Says what had ended although nobody killed it.</summary>
    public IEnumerable<string> Start()
    {
        Directory.CreateDirectory(options.Home);
        var file = Path.Combine(options.Home, $"{region}.yaml");
        if (!File.Exists(file)) File.WriteAllText(file, RegionFile.Of(number, options, Folder));
        var gateway = $"127.0.0.1:{Text(options.GatewayPort(number))}";
        string?[] deaths =
        [
            _silo.Keep(LogFile, BuiltPrograms.Silo, file),
            _agent.Keep(
                Path.Combine(options.Home, $"agent-{region}.log"), BuiltPrograms.Agent,
                "--region", region, "--name", "n01", "--gateway", gateway, "--data", $"http://127.0.0.1:{Text(options.HttpPort(number))}",
                "--state", AgentFolder, "--cpus", "4", "--memory", "4GiB", "--devices", "none", "--metrics-port", Text(options.MetricsPort(number))),
        ];
        return deaths.OfType<string>();
    }

    /// <summary>The agent first: with its silo gone it would wait for an answer to its goodbye.</summary>
    public async Task Stop()
    {
        await _agent.Stop();
        await _silo.Stop();
    }

    public void Dispose()
    {
        _silo.Dispose();
        _agent.Dispose();
        _http.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
