using System.Globalization;

namespace Lepton.Agent.Shim;

/// <summary>The one deadline of all tasks of this agent: a boot-time second that their shims read.</summary>
internal sealed class DeadlineFile(string stateFolder, BootClock clock)
{
    private static readonly TimeSpan s_worthWriting = TimeSpan.FromMilliseconds(100);

    public string Path { get; } = System.IO.Path.Combine(stateFolder, "deadline");

    /// <summary>When the tasks end unless renewed; null before the first lease.</summary>
    public DateTimeOffset? Until { get; private set; }

    public void Renew(DateTimeOffset until)
    {
        if (Until is { } last && until >= last && until - last < s_worthWriting) return;        // a burst of beats is not a burst of writes
        // Rounded down to a hundredth: never later than allowed. A date before the first second of the machine is as good as over.
        var seconds = Math.Max(1, Math.Floor(clock.SinceBoot(until).TotalSeconds * 100) / 100);
        WholeFile.Write(Path, string.Create(CultureInfo.InvariantCulture, $"{seconds:F2}\n"));
        Until = until;
    }
}
