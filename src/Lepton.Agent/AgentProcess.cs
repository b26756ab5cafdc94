using System.Reflection;
using System.Runtime.InteropServices;
using Lepton.Agent.Attempts;
using Lepton.Agent.Containers;
using Lepton.Agent.Data;
using Lepton.Agent.Devices;
using Lepton.Agent.Devices.Isolation;
using Lepton.Agent.Devices.Telemetry;
using Lepton.Agent.Link;
using Lepton.Agent.Logs;
using Lepton.Agent.Options;
using Lepton.Agent.Processes;
using Lepton.Agent.Shim;
using Lepton.Linux;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Agents;
using Microsoft.Extensions.Logging;

namespace Lepton.Agent;

/// <summary>Puts the parts of the agent together, and takes them down in order.</summary>
internal static class AgentProcess
{
    public const int BadOptions = 2;

    private const int CannotRun = 1;
    private const int Replaced = 3;

    private static readonly TimeSpan s_waitForFolder = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_waitForOrphan = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_waitForCleaning = TimeSpan.FromSeconds(5);
    private static readonly AgentSettings s_settings = new(BeatEvery: TimeSpan.FromSeconds(1), BeatTimeout: TimeSpan.FromSeconds(5));

    /// <summary>Programs the shim cannot do without.</summary>
    private static readonly string[] s_needed = ["setsid", "sleep", "grep"];

    /// <summary>Runs the agent to its end; returns the exit code of the process.</summary>
    public static async Task<int> Run(AgentOptions options)
    {
        using var memory = LibcMemory.KeepSmall();
        using var loggers = LoggerFactory.Create(logging => logging
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
            })
            .SetMinimumLevel(options.Verbose ? LogLevel.Debug : LogLevel.Information)
            .AddFilter("Orleans", LogLevel.Error)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None));
        var log = loggers.CreateLogger("agent");
        try
        {
            if (Array.Find(s_needed, program => !IsInPath(program)) is { } missing)
                throw new InvalidOperationException($"The program '{missing}' is not in the PATH. Maybe install util-linux, coreutils and grep.");
            CreatePrivate(options.StateFolder);
            using var held = await StateLock.Take(options.StateFolder, s_waitForFolder, s_waitForOrphan);
            StateLock.SayParent(options.StateFolder, options.UntilParentExits);
            Native.KeepDescriptorsFromChildren();
            return await RunHolding(options, loggers, log);
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            AgentEvents.CannotRun(log, options.Node, DiskTrouble.Explained(failure, options.StateFolder));
            return CannotRun;
        }
    }

    private static async Task<int> RunHolding(AgentOptions options, ILoggerFactory loggers, ILogger log)
    {
        var clock = new BootClock();
        var deadline = new DeadlineFile(options.StateFolder, clock);
        using var exits = new ExitWatch();
        await using var sweeper = new TreeSweeper(exits, log);
        using var data = new RegionData(options.Node.Region, options.Data);
        var (cgroups, whyNot) = CgroupTree.Open();
        if (cgroups is null) DeviceEvents.NoCgroups(log, whyNot);
        var engine = options.Containers is { } kind ? await Containers(kind, options.StateFolder, log) : null;
        await using var devices = new DeviceSession(options.Devices, clock, log);
        await devices.Open();
        var tools = new AttemptTools(
            options.Node,
            options.StateFolder,
            clock,
            deadline,
            new Launcher(ShimScript.WriteTo(options.StateFolder), deadline, exits),
            exits,
            sweeper,
            data,
            new LogLimits(),
            log) { Devices = devices, Cgroups = cgroups, Containers = engine };
        await using var link = new OrleansNodeLink(options.Node, options.Gateway, loggers);

        var bare = new NodeSpec(options.Capacity, [], options.Labels, Version())
        {
            Isolation = (cgroups is null ? IsolationAbilities.None : IsolationAbilities.Cgroup) | (engine is null ? IsolationAbilities.None : IsolationAbilities.Container),
            Taints = options.Taints,
        };
        var machine = new AgentMachine(options.Node, Incarnation.Next(options.StateFolder), devices.Picture.In(bare), s_settings);
        var parent = new ParentWatch(options.UntilParentExits, exits);
        AttemptHost? host = null;
        var loop = new AgentLoop(machine, link, deadline.Renew, clock, log)
        {
            Troubled = devices.Troubled,
            EndAnyway = () => !parent.IsGone ? null
                : StateLock.IsWanted(options.StateFolder) ? AgentExit.HandedOver
                : host!.IsIdle && !(deadline.Until > clock.GetUtcNow()) ? AgentExit.Orphaned
                : null,
        };
        host = new AttemptHost(tools, loop);
        var adopted = await loop.Adopt(host);
        devices.Begin(loop, bare);
        await using var metrics = await MetricsEndpoint.Start(options.MetricsPort, devices, options.Node, log);
        AgentEvents.Begins(log, options.Node, options.Capacity, adopted);

        var asks = new LeaveAsks(TimeProvider.System);
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Leave);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Leave);
        var exit = await loop.Run(host);
        if (exit != AgentExit.HandedOver) await Task.WhenAny(host.Drained(), Task.Delay(s_waitForCleaning));
        AgentEvents.Ends(log, options.Node, exit);
        return exit == AgentExit.Replaced ? Replaced : 0;

        void Leave(PosixSignalContext signal)
        {
            signal.Cancel = true;       // the process ends when its tasks have ended
            loop.Leave(asks.MeansNow());
        }
    }

    /// <summary>An engine that does not answer is no reason to leave the machine idle: its containers are not offered then.</summary>
    private static async Task<ContainerEngine?> Containers(EngineKind kind, string stateFolder, ILogger log)
    {
        var (engine, why) = await ContainerEngine.Open(kind, stateFolder, null, CancellationToken.None);
        if (engine is null) AttemptEvents.NoContainers(log, why);
        return engine;
    }

    /// <summary>Specs may hold secrets in their environment: nobody else reads the state folder.</summary>
    private static void CreatePrivate(string folder)
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("The agent runs on Linux only.");
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static bool IsInPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/bin", "/bin"]).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string Version() =>
        typeof(AgentProcess).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
