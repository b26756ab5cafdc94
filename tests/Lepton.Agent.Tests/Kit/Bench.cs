using System.Collections.Immutable;
using Lepton.Agent.Attempts;
using Lepton.Agent.Containers;
using Lepton.Agent.Devices;
using Lepton.Agent.Devices.Isolation;
using Lepton.Agent.Logs;
using Lepton.Agent.Processes;
using Lepton.Agent.Shim;
using Lepton.Model;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lepton.Agent.Tests.Kit;

/// <summary>The parts of an agent around real processes, in a folder of its own. Ends everything that a test left running.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly List<AttemptId> _attempts = [];
    private int _number;

    public Bench(LogLimits? logs = null, IAttemptDevices? devices = null, Func<string, CgroupTree>? cgroups = null, string? below = null, Func<string, ContainerEngine>? containers = null)
    {
        Folder = below is null ? Directory.CreateTempSubdirectory("lepton-agent-").FullName : Directory.CreateDirectory(Path.Combine(below, $"lepton-agent-{Guid.NewGuid().ToString("N")[..6]}")).FullName;
        Deadline = new DeadlineFile(Folder, Clock);
        Deadline.Renew(Clock.GetUtcNow() + TimeSpan.FromMinutes(10));
        Sweeper = new TreeSweeper(Exits, NullLogger.Instance);
        Launcher = new Launcher(ShimScript.WriteTo(Folder), Deadline, Exits);
        Tools = new AttemptTools(
            new NodeId(FakeRegionData.Region, "n01"), Folder, Clock, Deadline, Launcher, Exits, Sweeper, Data,
            logs ?? new LogLimits { LookEvery = TimeSpan.FromMilliseconds(20) }, NullLogger.Instance)
        {
            Devices = devices ?? NoDevices.Instance,
            Cgroups = cgroups?.Invoke(Folder),
            Containers = containers?.Invoke(Folder),
        };
        Host = new AttemptHost(Tools, Reports);
    }

    public string Folder { get; }

    public BootClock Clock { get; } = new();

    public DeadlineFile Deadline { get; }

    public ExitWatch Exits { get; } = new();

    public TreeSweeper Sweeper { get; }

    public Launcher Launcher { get; }

    public FakeRegionData Data { get; } = new();

    public Reports Reports { get; } = new();

    public AttemptTools Tools { get; }

    public AttemptHost Host { get; }

    public AttemptId NewAttempt()
    {
        var attempt = new AttemptId(new TaskId(new JobId(FakeRegionData.Region, $"T{Environment.ProcessId}x{Path.GetFileName(Folder)[13..]}"), _number++), 1);
        _attempts.Add(attempt);
        return attempt;
    }

    /// <summary>Starts a command under the shim, with nothing above it.</summary>
    public ProcessHandle Launch(AttemptId attempt, TimeSpan grace, params string[] command) =>
        Launch(attempt, grace, new Dictionary<string, string>(), command);

    public ProcessHandle Launch(AttemptId attempt, TimeSpan grace, Dictionary<string, string> more, params string[] command)
    {
        var folder = TaskFolder(attempt);
        Directory.CreateDirectory(folder);
        var environment = new Dictionary<string, string>(more)
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
            [ProcessIdentity.Marker] = attempt.ToString(),
        };
        return Launcher.Start(new Launch(attempt, folder, folder, command, environment, grace));
    }

    public string TaskFolder(AttemptId attempt) => AttemptFolder.Of(Folder, attempt).Path;

    public string InTask(AttemptId attempt, string name) => Path.Combine(TaskFolder(attempt), name);

    /// <summary>An assignment of a command, changed as the test likes.</summary>
    public Assignment Assignment(string[] command, Func<TaskTemplate, TaskTemplate>? template = null, Func<RunSpec, RunSpec>? run = null)
    {
        var attempt = NewAttempt();
        var plain = new TaskTemplate { Group = "main", Command = [.. command], Demand = new Demand(new Capacity(100, 1 << 20)), Grace = TimeSpan.FromSeconds(10) };
        var spec = new RunSpec(
            attempt.Task, "job", TenantId.Default, template?.Invoke(plain) ?? plain, attempt.Task.Index, null,
            ImmutableSortedDictionary<string, string>.Empty, [], 50, Clock.GetUtcNow());
        return new Assignment(attempt, new Epoch(1), run?.Invoke(spec) ?? spec);
    }

    /// <summary>Runs an assignment to its end.</summary>
    public async Task<AttemptEnd> Run(Assignment assignment)
    {
        Host.Start(assignment);
        return await Reports.HasEnded(assignment.Attempt);
    }

    public async ValueTask DisposeAsync()
    {
        await Within.Limit(Task.WhenAll(_attempts.Select(a => Sweeper.Gone(a, null))), "the last process of the test to end");
        await Within.Limit(Host.Drained(), "the host to finish what it has begun");
        await Sweeper.DisposeAsync();
        Exits.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
