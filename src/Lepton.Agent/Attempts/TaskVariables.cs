using System.Globalization;
using Lepton.Agent.Devices.Grants;
using Lepton.Agent.Processes;
using Lepton.Model;

namespace Lepton.Agent.Attempts;

/// <summary>The environment of a task: a clean base, what its spec asks for, and what the agent tells it.</summary>
internal static class TaskVariables
{
    private const string OwnPrefix = "LEPTON_";

    /// <summary>What a task gets of the agent's own environment; nothing else leaks.</summary>
    private static readonly string[] s_base = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "DOTNET_ROOT"];

    public static SortedDictionary<string, string> Make(
        Assignment assignment, NodeId node, AttemptFolder folder, string? restoreFolder, IReadOnlyDictionary<string, string> devices, Func<string, string> expand)
    {
        var (attempt, run) = (assignment.Attempt, assignment.Run);
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in run.Template.Image is null ? s_base : [])       // an image has its own
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value) variables[name] = value;
        }
        foreach (var (name, value) in run.Template.Env) variables[Checked(name)] = expand(value);
        foreach (var (name, value) in devices) variables[name] = value;
        variables["LEPTON_TASK_ID"] = run.Task.ToString();
        variables["LEPTON_ATTEMPT"] = attempt.Number.ToString(CultureInfo.InvariantCulture);
        variables[ProcessIdentity.Marker] = attempt.ToString();
        variables["LEPTON_JOB_NAME"] = run.JobName;
        variables["LEPTON_REGION"] = node.Region.Value;
        variables["LEPTON_NODE"] = node.Name;
        variables["LEPTON_INDEX"] = run.IndexInGroup.ToString(CultureInfo.InvariantCulture);
        variables["LEPTON_OUTPUT_DIR"] = folder.Out;
        variables["LEPTON_METRICS_FILE"] = folder.Metrics;
        variables["CHECKPOINT_DIR"] = folder.Checkpoint;
        if (run.Gang is { } gang)
        {
            variables["LEPTON_GANG_SIZE"] = gang.Members.Length.ToString(CultureInfo.InvariantCulture);
            variables["LEPTON_GANG_RANK"] = gang.Members.IndexOf(run.Task.Index).ToString(CultureInfo.InvariantCulture);
            variables["LEPTON_GANG_NODES"] = string.Join(',', assignment.GangNodes.Select(n => n.Name));
        }

        if (restoreFolder is not null) variables["RESTORE_FROM"] = restoreFolder;
        if (run.Template.CheckpointEvery is { } every)
            variables["LEPTON_CHECKPOINT_EVERY"] = every.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        return variables;
    }

    /// <summary>A shell passes on only names of this form, and ours are ours.</summary>
    private static string Checked(string name)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            throw new PreparationException($"The environment variable '{name}' has a name that cannot be passed on. Maybe use letters, digits and '_' only.");
        if (name.StartsWith(OwnPrefix, StringComparison.Ordinal))
            throw new PreparationException($"The environment variable '{name}' is set by the agent. Maybe use a name that does not start with '{OwnPrefix}'.");
        if (DeviceVariables.IsOurs(name))
            throw new PreparationException($"The environment variable '{name}' is set by the agent: it shows the task the devices it was granted. Maybe ask for devices under 'accelerators' and leave it out.");
        return name;
    }
}
