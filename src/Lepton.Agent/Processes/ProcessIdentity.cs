using System.Globalization;
using Lepton.Model;

namespace Lepton.Agent.Processes;

/// <summary>Which process: a pid alone is reused, with the boot and the start time it is not.</summary>
internal readonly record struct ProcessIdentity(string BootId, int Pid, long StartTicks)
{
    /// <summary>Variable that marks every process of an attempt.</summary>
    public const string Marker = "LEPTON_ATTEMPT_ID";

    public static string ThisBoot { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>Reads the pid file of a shim: boot id, pid, stat line from the state on. Null while there is none.</summary>
    public static ProcessIdentity? Read(string pidFile)
    {
        var parts = WholeFile.Line(pidFile)?.Split(' ', 3);
        return parts is { Length: 3 } && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            && ProcStat.ParseRest(pid, parts[2]) is { } stat
            ? new ProcessIdentity(parts[0], pid, stat.StartTicks)
            : null;
    }

    /// <summary>Does the process live, and is it still the one of this attempt?</summary>
    public bool Lives(AttemptId attempt) =>
        BootId == ThisBoot && ProcStat.Read(Pid) is { IsLiving: true } stat && stat.StartTicks == StartTicks
        && ProcFile.Variable(Pid, Marker) == attempt.ToString();
}
