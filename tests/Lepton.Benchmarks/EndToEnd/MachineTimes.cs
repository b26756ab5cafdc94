using System.Globalization;

namespace Lepton.Benchmarks.EndToEnd;

/// <summary>CPU time of the whole machine: how busy it was, with us and with others.</summary>
internal readonly record struct MachineTimes(double BusyMs)
{
    private const double MsPerTick = 10;

    public static MachineTimes Now()
    {
        // cpu user nice system idle iowait irq softirq steal ...
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(f => double.Parse(f, CultureInfo.InvariantCulture)).ToArray();
        return new MachineTimes((fields.Take(3).Sum() + fields.Skip(5).Take(3).Sum()) * MsPerTick);
    }
}
