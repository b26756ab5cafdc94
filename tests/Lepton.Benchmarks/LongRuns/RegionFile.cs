using System.Globalization;
using System.Text;

namespace Lepton.Benchmarks.LongRuns;

/// <summary>The file of one silo: defaults but for ports, folder and retention.</summary>
internal static class RegionFile
{
    public static string Of(int number, LongRunOptions options, string dataFolder)
    {
        var regions = LongRunOptions.Regions;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"region: {regions[number]}\nsiloPort: {options.SiloPort(number)}\ndataFolder: {dataFolder}\nfleet:\n");
        for (var i = 0; i < regions.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - {{region: {regions[i]}, gateway: \"127.0.0.1:{options.GatewayPort(i)}\", http: \"http://127.0.0.1:{options.HttpPort(i)}/\"}}\n");
        }

        var (keep, sweep) = (Seconds(options.Retain), Seconds(options.Retain / 4));
        text.Append(CultureInfo.InvariantCulture, $"retention: {{jobs: {keep}, guests: {keep}, logs: {keep}, artifacts: {keep}, sweepEvery: {sweep}}}\n");
        return text.ToString();
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalSeconds}s");
}
