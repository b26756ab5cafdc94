using System.Globalization;

namespace Lepton.Agent.Shim;

/// <summary>The one deadline of all tasks of this agent: a boot-time second that their shims read.</summary>
internal sealed class DeadlineFile(string stateFolder, BootClock clock)
{
    private static readonly TimeSpan s_worthWriting = TimeSpan.FromMilliseconds(100);

    private readonly string spare = System.IO.Path.Combine(stateFolder, "deadline.spare");

    public string Path { get; } = System.IO.Path.Combine(stateFolder, "deadline");

    /// <summary>When the tasks end unless renewed; null before the first lease.</summary>
    public DateTimeOffset? Until { get; private set; }

    public void Renew(DateTimeOffset until)
    {
        if (Until is { } last && until >= last && until - last < s_worthWriting) return;        // a burst of beats is not a burst of writes
        // Rounded down to a hundredth: never later than allowed. A date before the first second of the machine is as good as over.
        var seconds = Math.Max(1, Math.Floor(clock.SinceBoot(until).TotalSeconds * 100) / 100);
        Write(string.Create(CultureInfo.InvariantCulture, $"{seconds:F2}\n"));
        Until = until;
    }

    /// <summary>
    /// Two files that change names, both with their block on the disk from the first renewal on: a disk that fills up ends no task whose lease
    /// is renewed.
    /// </summary>
    private void Write(string line)
    {
        if (Until is not null && File.Exists(spare))
        {
            using (var file = new FileStream(spare, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0))
            {
                var bytes = System.Text.Encoding.ASCII.GetBytes(line);
                file.Write(bytes);
                if (file.Length != bytes.Length) file.SetLength(bytes.Length);
            }

            if (Native.Exchange(spare, Path)) return;
        }

        WholeFile.Write(Path, line);
        WholeFile.Write(spare, line);
    }
}
