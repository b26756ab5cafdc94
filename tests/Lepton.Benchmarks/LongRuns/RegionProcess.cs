using System.Diagnostics;
using System.Globalization;
using Lepton.Client;

namespace Lepton.Benchmarks.LongRuns;

/// <summary>One region as processes of its own: the silo that is started here, and the agent that the silo keeps.</summary>
internal sealed class RegionProcess(string region, int number, LongRunOptions options) : IDisposable
{
    private readonly HttpClient _http = HttpLepton.NewHttpClient(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{options.FirstPort + number}")), TimeSpan.FromSeconds(15));
    private Process? _silo;

    public string Region => region;

    public string Folder => Path.Combine(options.Home, "regions", region);

    public HttpClient Http => _http;

    public ILepton Lepton => new HttpLepton(_http);

    public int? SiloPid => _silo is { HasExited: false } ? _silo.Id : null;

    /// <summary>The silo ended although nobody killed it; with its exit code.</summary>
    public int? Died => _silo is { HasExited: true } && !Killed ? _silo.ExitCode : null;

    public bool Killed { get; private set; }

    public void Start()
    {
        Directory.CreateDirectory(options.Home);
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        string[] arguments =
        [
            "-c", "log=$1; shift; exec \"$@\" </dev/null >>\"$log\" 2>&1", "sh", LogFile,
            "dotnet", BuiltPrograms.Local,
            "--home", options.Home,
            "--regions", string.Join(',', LongRunOptions.Regions),
            "--only", region,
            "--no-sample",
            "--port", Text(options.FirstPort),
            "--silo-port", Text(options.FirstPort + 8),
            "--gateway-port", Text(options.FirstPort + 16),
            "--cpus", "4",
            "--retain", Text((int)options.Retain.TotalSeconds) + "s",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        _silo?.Dispose();
        Killed = false;
        _silo = Process.Start(start);
    }

    public string LogFile => Path.Combine(options.Home, $"{region}.log");

    public void KillSilo()
    {
        Killed = true;
        if (SiloPid is { } pid) Proc.Signal(pid, Proc.SigKill);
        _silo?.WaitForExit(TimeSpan.FromSeconds(10));
    }

    /// <summary>The agent of this region, where one lives.</summary>
    public int? AgentPid() => AgentPids().Cast<int?>().FirstOrDefault();

    public async Task Stop()
    {
        Killed = true;
        if (_silo is not { HasExited: false }) return;
        Proc.Signal(_silo.Id, Proc.SigTerm);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        try
        {
            await _silo.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Proc.Signal(_silo.Id, Proc.SigKill);
        }
    }

    public void Dispose()
    {
        _silo?.Dispose();
        _http.Dispose();
    }

    private IEnumerable<int> AgentPids() =>
        from pid in Proc.OfHome(options.Home)
        let line = Proc.CommandLine(pid)
        where line.Contains("Lepton.Agent.dll", StringComparison.Ordinal) && !line.StartsWith("/bin/sh", StringComparison.Ordinal)
        where line.Contains($"--region {region} ", StringComparison.Ordinal)
        select pid;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Programs of this repository, built in the same configuration as these benchmarks.</summary>
internal static class BuiltPrograms
{
    public static string Local => Built("silos/Lepton.Local", "Lepton.Local.dll");

    private static string Built(string project, string file)
    {
        var root = Root(AppContext.BaseDirectory);
        var flavour = Path.GetRelativePath(Path.Combine(root, "tests", "Lepton.Benchmarks", "bin"), AppContext.BaseDirectory);
        var path = Path.Combine(root, project, "bin", flavour, file);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} was not built. Maybe dotnet build -c Release {project}.");
    }

    private static string Root(string folder) =>
        File.Exists(Path.Combine(folder, "Lepton.Orleans.sln"))
            ? folder
            : Root(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Lepton.Orleans.sln stands in no folder above the benchmarks."));
}
