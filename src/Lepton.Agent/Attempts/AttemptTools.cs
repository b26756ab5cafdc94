using Lepton.Agent.Containers;
using Lepton.Agent.Data;
using Lepton.Agent.Devices;
using Lepton.Agent.Devices.Isolation;
using Lepton.Agent.Logs;
using Lepton.Agent.Processes;
using Lepton.Agent.Shim;
using Lepton.Model;
using Microsoft.Extensions.Logging;

namespace Lepton.Agent.Attempts;

/// <summary>What all attempts of an agent share.</summary>
internal sealed record AttemptTools(
    NodeId Node,
    string StateFolder,
    BootClock Clock,
    DeadlineFile Deadline,
    Launcher Launcher,
    ExitWatch Exits,
    TreeSweeper Sweeper,
    IRegionData Data,
    LogLimits LogLimits,
    ILogger Log)
{
    /// <summary>Devices of the machine; none unless the agent was given some.</summary>
    public IAttemptDevices Devices { get; init; } = NoDevices.Instance;

    /// <summary>Where the kernel holds each attempt to its CPU and memory; null: it does not.</summary>
    public CgroupTree? Cgroups { get; init; }

    /// <summary>Runs images; null: this agent runs none.</summary>
    public ContainerEngine? Containers { get; init; }

    public LogBudget LogBudget { get; } = new(LogLimits.BytesPerSecond);

    /// <summary>Cancelled when the agent leaves and has no more time for keeping checkpoints.</summary>
    public CancellationTokenSource KeepingIsOver { get; } = new();

    /// <summary>Processes started at the same time: more than the cores only makes all of them late.</summary>
    public SemaphoreSlim LaunchGate { get; } = new(Math.Max(2, Environment.ProcessorCount));
}
