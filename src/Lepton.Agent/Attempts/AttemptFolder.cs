using System.Globalization;
using Lepton.Model;

namespace Lepton.Agent.Attempts;

/// <summary>
/// Where one attempt lives on disk: everything that an agent started later needs to take it over, and everything the task sees.
/// </summary>
internal sealed class AttemptFolder(string path)
{
    public string Path => path;

    /// <summary>Working folder of the task unless its spec names another one.</summary>
    public string Work => In("work");

    /// <summary>LEPTON_OUTPUT_DIR.</summary>
    public string Out => In("out");

    /// <summary>Staged inputs and outputs of other tasks.</summary>
    public string Inputs => In("in");

    /// <summary>CHECKPOINT_DIR.</summary>
    public string Checkpoint => In("checkpoint");

    /// <summary>RESTORE_FROM.</summary>
    public string Restore => In("restore");

    /// <summary>LEPTON_METRICS_FILE.</summary>
    public string Metrics => In("metrics.jsonl");

    public string Log => In("log");

    public string Pid => In("pid");

    /// <summary>What the shim runs beside its own sweep when the lease runs out; absent: nothing more.</summary>
    public string KillScript => In("kill");

    private string AssignmentFile => In("assignment.json");

    private string EndFile => In("end.json");

    /// <summary>Folder of an attempt below the agent's state folder; its name is safe whatever the id holds.</summary>
    public static AttemptFolder Of(string stateFolder, AttemptId attempt)
    {
        var name = string.Concat(attempt.ToString().Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_'));
        return new AttemptFolder(System.IO.Path.Combine(Root(stateFolder), name));
    }

    public static IEnumerable<AttemptFolder> All(string stateFolder) =>
        Directory.Exists(Root(stateFolder)) ? Directory.GetDirectories(Root(stateFolder)).Select(d => new AttemptFolder(d)) : [];

    public void Create(Assignment assignment)
    {
        Directory.CreateDirectory(path);
        Directory.CreateDirectory(Work);
        Directory.CreateDirectory(Out);
        Directory.CreateDirectory(Checkpoint);
        WholeFile.Write(AssignmentFile, AgentJson.Write(assignment));
    }

    public void Delete()
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }

    /// <summary>Null when the folder is not one of a begun attempt.</summary>
    public Assignment? ReadAssignment() => File.Exists(AssignmentFile) ? AgentJson.Read<Assignment>(File.ReadAllText(AssignmentFile)) : null;

    /// <summary>The end was worked out in full; an agent started later reports it as it is.</summary>
    public void SaveEnd(AttemptEnd end) => WholeFile.Write(EndFile, AgentJson.Write(end));

    public AttemptEnd? ReadEnd() => File.Exists(EndFile) ? AgentJson.Read<AttemptEnd>(File.ReadAllText(EndFile)) : null;

    /// <summary>Exit code the shim wrote; null when it could not.</summary>
    public int? ReadExit() =>
        int.TryParse(WholeFile.Line(In("exit")), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : null;

    /// <summary>Did the shim end the attempt because nobody renewed its deadline?</summary>
    public bool LeaseRanOut => WholeFile.Line(In("lease")) is not null;

    private static string Root(string stateFolder) => System.IO.Path.Combine(stateFolder, "attempts");

    private string In(string name) => System.IO.Path.Combine(path, name);
}
