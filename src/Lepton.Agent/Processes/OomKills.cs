using System.Globalization;
using System.Text;

namespace Lepton.Agent.Processes;

/// <summary>How many processes the kernel of this machine has killed for lack of memory.</summary>
internal static class OomKills
{
    private const string Field = "oom_kill ";

    /// <summary>Null where the kernel does not tell.</summary>
    public static long? Count()
    {
        Span<byte> buffer = stackalloc byte[16 * 1024];
        var length = ProcFile.Read("/proc/vmstat", buffer);
        return length <= 0 ? null : Parse(Encoding.ASCII.GetString(buffer[..length]));
    }

    public static long? Parse(string vmstat)
    {
        foreach (var line in vmstat.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(Field, StringComparison.Ordinal) && long.TryParse(line[Field.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                return count;
        }
        return null;
    }
}
