using System.Globalization;
using Lepton.Agent.Attempts;
using Lepton.Model;
using Microsoft.Extensions.Logging;

namespace Lepton.Agent.Containers;

/// <summary>The engine that this agent runs images with.</summary>
/// <remarks>
/// The engine's client runs under the shim like any command: signals, log and exit code take the same way. What it started lives outside of that session,
/// so a container is removed by its name wherever processes are swept: at the end of its attempt, by the shim when the lease runs out, and by the next agent.
/// </remarks>
internal sealed class ContainerEngine(EngineKind kind, string program, string stateFolder, bool hasInit)
{
    private const string StateLabel = "lepton.state";
    private const int LongestLine = 32 * 1024;

    private static readonly TimeSpan s_probeLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pullLimit = TimeSpan.FromHours(1);
    private static readonly string[] s_initFolders = ["/usr/libexec/podman", "/usr/lib/podman", "/usr/local/libexec/podman", "/usr/bin", "/usr/local/bin"];

    public EngineKind Kind => kind;

    /// <summary>The engine, or in words why its containers cannot be had.</summary>
    /// <param name="program">Null: as found in the PATH.</param>
    public static async Task<(ContainerEngine? Engine, string Why)> Open(EngineKind kind, string stateFolder, string? program, CancellationToken cancel)
    {
        var name = kind == EngineKind.Docker ? "docker" : "podman";
        var path = program ?? (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);
        if (path is null) return (null, $"the program '{name}' is not in the PATH");
        // Of docker the daemon is asked, which the client alone would not need.
        var said = await EngineCall.Run(path, kind == EngineKind.Docker ? ["version", "--format", "{{.Server.Version}}"] : ["info", "--format", "{{.Host.OCIRuntime.Name}}"], s_probeLimit, cancel);
        return said.Ok
            ? (new ContainerEngine(kind, path, stateFolder, kind == EngineKind.Docker || s_initFolders.Any(f => File.Exists(Path.Combine(f, "catatonit")))), "")
            : (null, $"{name} does not answer: {said.Why}");
    }

    /// <summary>The image is there when this returns; pulled if it was not.</summary>
    /// <exception cref="PreparationException">It cannot be had.</exception>
    public async Task Fetch(string image, CancellationToken cancel)
    {
        if ((await EngineCall.Run(program, ["image", "inspect", "--format", "{{.Id}}", image], s_probeLimit, cancel)).Ok) return;
        var pulled = await EngineCall.Run(program, ["pull", "--quiet", image], s_pullLimit, cancel);
        if (!pulled.Ok) throw new PreparationException($"The image '{image}' is not on this machine and could not be pulled: {pulled.Why}. Maybe its name is misspelt, or the engine has no login there.");
    }

    /// <summary>The command in a container of its own, as the shim starts it. The container is noted in the attempt's folder.</summary>
    public IReadOnlyList<string> Wrap(
        Assignment assignment, AttemptFolder folder, IReadOnlyList<string> command, string workFolder, IReadOnlyDictionary<string, string> variables, string? input, ContainerDevices devices)
    {
        var (ofLine, ofArgument) = (new List<string>(), new Dictionary<string, string>());
        foreach (var (name, value) in variables)
        {
            // The engine's device hook sets it from the granted devices.
            if (name == "NVIDIA_VISIBLE_DEVICES" && devices.Uuids.Count > 0) continue;
            if (value.Length > LongestLine || value.Contains('\n', StringComparison.Ordinal) || value.Contains('\r', StringComparison.Ordinal)) ofArgument[name] = value;
            else ofLine.Add($"{name}={value}\n");
        }
        var environmentFile = Path.Combine(folder.Path, "env");
        File.WriteAllText(environmentFile, string.Concat(ofLine));
        var container = new AttemptContainer(kind, program, AttemptContainer.NameOf(assignment.Attempt));
        container.Note(folder);
        var plan = new ContainerPlan(
            kind, container.Name, assignment.Run.Template.Image!, command, assignment.Run.Template.Demand.Capacity, workFolder, User(), hasInit)
        {
            Labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["lepton.attempt"] = assignment.Attempt.ToString(), [StateLabel] = stateFolder },
            EnvironmentFile = environmentFile,
            LongValues = ofArgument,
            Mounts = Mounts(folder, input),
            Devices = devices,
        };
        return [program, .. plan.Arguments()];
    }

    /// <summary>Removes what earlier agents of this folder left in the engine and no attempt speaks of any more: made too late to be ended with its attempt.</summary>
    public async Task RemoveStrays(IReadOnlySet<string> known, ILogger log)
    {
        var listed = await EngineCall.Run(program, ["ps", "--all", "--filter", $"label={StateLabel}={stateFolder}", "--format", "{{.Names}}"], s_probeLimit, CancellationToken.None);
        foreach (var name in listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (known.Contains(name)) continue;
            AttemptEvents.StrayContainer(log, name);
            await new AttemptContainer(kind, program, name).Removed(log);
        }
    }

    private static List<(string, bool)> Mounts(AttemptFolder folder, string? input)
    {
        File.AppendAllText(folder.Metrics, "");        // a file is mounted as it is: it must be there
        var mounts = new List<(string Path, bool ReadOnly)> { (folder.Work, false), (folder.Out, false), (folder.Checkpoint, false), (folder.Metrics, false) };
        if (Directory.Exists(folder.Inputs)) mounts.Add((folder.Inputs, true));
        if (Directory.Exists(folder.Restore)) mounts.Add((folder.Restore, true));
        if (input is not null && !input.StartsWith(folder.Path + Path.DirectorySeparatorChar, StringComparison.Ordinal)) mounts.Add((input, true));
        if (mounts.Find(m => m.Path.Contains(',', StringComparison.Ordinal)).Path is { } comma)
            throw new PreparationException($"'{comma}' cannot be mounted into a container: its name holds a comma. Maybe move it.");
        return mounts;
    }

    /// <summary>Who owns the attempt's folder; null: root.</summary>
    private static string? User()
    {
        string Id(string line) => File.ReadLines("/proc/self/status").First(l => l.StartsWith(line, StringComparison.Ordinal)).Split('\t', StringSplitOptions.RemoveEmptyEntries)[2];
        return Id("Uid:") is var uid && uid == "0" ? null : string.Create(CultureInfo.InvariantCulture, $"{uid}:{Id("Gid:")}");
    }
}
