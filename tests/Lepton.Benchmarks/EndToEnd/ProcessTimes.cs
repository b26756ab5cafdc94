using System.Globalization;

namespace Lepton.Benchmarks.EndToEnd;

/// <summary>CPU time of another process and of its children that have ended, from /proc.</summary>
internal static class ProcessTimes
{
    private const double MsPerTick = 10;        // clock ticks of /proc are hundredths of a second

    public static double CpuMs(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[11..15].Sum(f => long.Parse(f, CultureInfo.InvariantCulture)) * MsPerTick;     // utime stime cutime cstime
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>The load averages of the machine: what else it does while we measure.</summary>
    public static double Load() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
}
