using System.Diagnostics;
using Lepton.Cuda.Tests.Fakes;
using Lepton.Tests.Shared;

namespace Lepton.Grains.Tests.Clusters;

/// <summary>A real agent process over the fake driver: the binding, the wire and the grains are the real ones, only the GPUs are not.</summary>
internal sealed class DeviceAgent : IAsyncDisposable
{
    private readonly RegionSilo _silo;
    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-device-agent-").FullName;
    private readonly string _library = FakeLibraries.Nvml;
    private Process? _process;

    public DeviceAgent(RegionSilo silo, string devices)
    {
        _silo = silo;
        Configure(devices);
        File.WriteAllText(In("control"), "");
    }

    public string In(string name) => Path.Combine(_folder, name);

    /// <summary>Lines of a file that tasks write; none while it is not there.</summary>
    public string[] Lines(string name) => File.Exists(In(name)) ? [.. File.ReadAllLines(In(name)).Where(l => l.Length > 0)] : [];

    public void Order(string line) => File.AppendAllText(In("control"), line + "\n");

    /// <summary>The devices of the machine, as a driver that is opened from now on sees them.</summary>
    public void Configure(string devices)
    {
        File.WriteAllText(In("devices.new"), devices);
        File.Move(In("devices.new"), In("devices.ini"), overwrite: true);
    }

    public void Start()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Lepton.Agent.dll"), "--region", RegionCluster.Region.Value, "--name", "n01",
            "--gateway", $"127.0.0.1:{_silo.GatewayPort}", "--data", $"http://127.0.0.1:{ReservedPorts.Next()}", "--state", In("state"),
            "--cpus", "8", "--memory", "4GiB", "--devices", "auto", "--nvml-library", _library, "--cuda-library", FakeLibraries.Cuda,
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["FAKE_NVML_CONFIG"] = In("devices.ini");
        start.Environment["FAKE_NVML_CONTROL"] = In("control");
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Say(line.Data);
        _process.ErrorDataReceived += (_, line) => Say(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public async Task Kill()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Kills the agent and whoever of its tasks is left: they all carry this folder in their variables.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await Kill();
        for (var left = Tasks(); left.Count > 0; left = Tasks())
        {
            foreach (var pid in left)
            {
                try
                {
                    Process.GetProcessById(pid).Kill();
                }
                catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
                {
                    // It has ended meanwhile.
                }
            }

            await Task.Delay(50);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private List<int> Tasks() =>
        [.. Directory.GetDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), out var pid) ? pid : 0).Where(pid => pid > 0 && Mentions(pid))];

    private bool Mentions(int pid)
    {
        try
        {
            return pid != Environment.ProcessId && File.ReadAllText($"/proc/{pid}/environ").Contains($"={_folder}/state/", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Say(string? line)
    {
        if (line is not null) TestContext.Current.TestOutputHelper?.WriteLine(line);
    }
}
