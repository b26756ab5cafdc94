using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Lepton.Local.Regions;

namespace Lepton.Local.Agents;

/// <summary>One real agent process of a region, a node of its own. Its output goes to <c>agent.log</c> in its folder.</summary>
public sealed partial class AgentProcess : IDisposable
{
    private const int SigTerm = 15;
    private const int SigKill = 9;
    private const int RefusedOptions = 2;

    /// <summary>Lines at the end of a log among which an error is that of the end: the agent's usage follows its errors.</summary>
    private const int LastWords = 40;

    /// <summary>Memory that each local agent offers; a share of what a small machine has.</summary>
    public const string OfferedMemory = "4GiB";

    private readonly Process _process;

    private AgentProcess(Process process, AgentPlan plan)
    {
        _process = process;
        Plan = plan;
    }

    public AgentPlan Plan { get; }

    public int Pid => _process.Id;

    public static AgentProcess Start(AgentPlan plan, int cpus, string memory = OfferedMemory, string devices = "none", IReadOnlyList<string>? labels = null, IReadOnlyList<string>? taints = null)
    {
        Directory.CreateDirectory(plan.Folder);
        // The shell only opens the log and becomes the agent: no pipe of ours, so the agent outlives a kill of this process.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        foreach (var argument in new[]
        {
            "-c", "log=$1; shift; exec \"$@\" </dev/null >>\"$log\" 2>&1", "sh", plan.LogFile,
            DotnetHost.Path, Path.Combine(AppContext.BaseDirectory, "agent", "Lepton.Agent.dll"),
            "--region", plan.Region.Region.Value,
            "--name", plan.Name,
            "--gateway", plan.Region.Gateway,
            "--data", plan.Region.Http.ToString().TrimEnd('/'),
            "--state", plan.Folder,
            "--cpus", cpus.ToString(CultureInfo.InvariantCulture),
            "--memory", memory,
            "--devices", devices,
            "--until-parent-exits", Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
        }.Concat((labels ?? []).SelectMany(label => new[] { "--label", label })).Concat((taints ?? []).SelectMany(taint => new[] { "--taint", taint })))
        {
            start.ArgumentList.Add(argument);
        }

        return new AgentProcess(Process.Start(start) ?? throw new InvalidOperationException($"The agent {plan.Node} did not start."), plan);
    }

    public Task Exited(CancellationToken cancel) => _process.WaitForExitAsync(cancel);

    /// <summary>Asks the agent to leave: its tasks end as preempted.</summary>
    public void AskToLeave() => Signal(SigTerm);

    /// <summary>Waits for the end. False: the limit has passed.</summary>
    public async Task<bool> HasLeft(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Kill() => Signal(SigKill);

    /// <summary>True when it ended because of its options: starting it again would not help.</summary>
    public bool WasRefused => _process.ExitCode == RefusedOptions;

    /// <summary>Exit code and last words in the log, for a person: the last error, else the last line.</summary>
    public string Epitaph()
    {
        var last = "";
        try
        {
            var lines = File.ReadLines(Plan.LogFile).Where(l => l.Length > 0).ToList();
            last = lines.TakeLast(LastWords).LastOrDefault(l => l.StartsWith("error:", StringComparison.Ordinal)) ?? lines.LastOrDefault() ?? "";
        }
        catch (IOException)
        {
            // No log, no last words.
        }

        return string.Create(CultureInfo.InvariantCulture, $"exit code {_process.ExitCode}; {last}");
    }

    public void Dispose() => _process.Dispose();

    private void Signal(int signal)
    {
        if (!_process.HasExited) _ = SendSignal(_process.Id, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);
}

/// <summary>The <c>dotnet</c> program that runs this process.</summary>
public static class DotnetHost
{
    public static string Path { get; } =
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
        ?? (System.IO.Path.GetFileName(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : FromRuntime());

    /// <summary>.../shared/Microsoft.NETCore.App/10.x/ lies three folders below dotnet.</summary>
    private static string FromRuntime()
    {
        var root = System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var dotnet = System.IO.Path.Combine(root, "dotnet");
        return File.Exists(dotnet) ? dotnet : "dotnet";
    }
}
