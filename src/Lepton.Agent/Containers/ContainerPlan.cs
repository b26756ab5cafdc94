using System.Globalization;
using Lepton.Model;

namespace Lepton.Agent.Containers;

/// <summary>A container as it is asked of the engine: everything that ends up on its command line.</summary>
/// <param name="User"><c>uid:gid</c> that owns the mounted folders; null: root.</param>
/// <param name="HasInit">The engine has an init program, so that the command gets the signals that a first process would not get.</param>
internal sealed record ContainerPlan(
    EngineKind Kind, string Name, string Image, IReadOnlyList<string> Command, Capacity Limits, string WorkFolder, string? User, bool HasInit)
{
    /// <summary>The engine keeps at least so much for itself in a container; smaller limits are refused by it.</summary>
    private const long LeastMemoryBytes = 6L << 20;

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>File of lines <c>NAME=value</c>: values are on no command line.</summary>
    public required string EnvironmentFile { get; init; }

    /// <summary>Values that no line can hold.</summary>
    public IReadOnlyDictionary<string, string> LongValues { get; init; } = new Dictionary<string, string>();

    /// <summary>Folders and files of this machine, under the same path inside.</summary>
    public required IReadOnlyList<(string Path, bool ReadOnly)> Mounts { get; init; }

    public ContainerDevices Devices { get; init; } = ContainerDevices.None;

    /// <summary>Arguments behind the program's name.</summary>
    public IReadOnlyList<string> Arguments()
    {
        var memory = string.Create(CultureInfo.InvariantCulture, $"{Math.Max(LeastMemoryBytes, Limits.MemoryBytes)}b");
        var arguments = new List<string> { "run", "--name", Name, "--pull", "never", "--network", "host", "--log-driver", "none", "--security-opt", "no-new-privileges" };
        if (HasInit) arguments.Add("--init");
        foreach (var (name, value) in Labels) arguments.AddRange(["--label", $"{name}={value}"]);
        // No swap beyond the memory: as much is killed for as was asked.
        arguments.AddRange(["--memory", memory, "--memory-swap", memory, "--shm-size", memory]);
        arguments.AddRange(["--cpus", (Math.Max(10, Limits.MilliCpu) / 1000m).ToString("0.###", CultureInfo.InvariantCulture)]);
        if (User is not null) arguments.AddRange(Kind == EngineKind.Podman ? ["--userns", "keep-id"] : ["--user", User]);
        arguments.AddRange(["--env-file", EnvironmentFile]);
        foreach (var (name, value) in LongValues) arguments.AddRange(["--env", $"{name}={value}"]);
        foreach (var (path, readOnly) in Mounts) arguments.AddRange(["--mount", $"type=bind,source={path},target={path}{(readOnly ? ",readonly" : "")}"]);
        arguments.AddRange(["--workdir", WorkFolder]);
        AddDevices(arguments);
        arguments.AddRange(["--entrypoint", Command[0], Image, .. Command.Skip(1)]);
        return arguments;
    }

    private void AddDevices(List<string> arguments)
    {
        if (Devices.Uuids.Count > 0 && Kind == EngineKind.Docker)
        {
            // The value is a line of CSV: without quotes its commas would part fields.
            arguments.AddRange(["--gpus", $"\"device={string.Join(',', Devices.Uuids)}\""]);
        }
        else
        {
            foreach (var uuid in Devices.Uuids) arguments.AddRange(["--device", $"nvidia.com/gpu={uuid}"]);
        }
        foreach (var file in Devices.Files) arguments.AddRange(["--device", file]);
        // Client and daemon of MPS share memory.
        if (Devices.MpsPipes is { } pipes) arguments.AddRange(["--ipc", "host", "--mount", $"type=bind,source={pipes},target={pipes}"]);
    }
}

/// <summary>Granted devices as a container is given them.</summary>
/// <param name="Uuids">GPUs and MIG instances of the NVIDIA driver.</param>
/// <param name="Files">Device files of declared devices.</param>
/// <param name="MpsPipes">Pipe folder of the MPS daemon it goes through; null: none.</param>
internal sealed record ContainerDevices(IReadOnlyList<string> Uuids, IReadOnlyList<string> Files, string? MpsPipes)
{
    public static ContainerDevices None { get; } = new([], [], null);
}
