using System.Globalization;
using Lepton.Local.Regions;
using Lepton.Model;

namespace Lepton.Benchmarks.EndToEnd;

/// <summary>The command line between the benchmark and its region processes: index, slots, then four values for each region.</summary>
internal static class RegionArguments
{
    public static IEnumerable<string> Of(IReadOnlyList<RegionPlan> fleet, int index, int slots)
    {
        yield return Text(index);
        yield return Text(slots);
        foreach (var plan in fleet)
        {
            yield return string.Join('|', plan.Region.Value, Text(plan.HttpPort), Text(plan.SiloPort), Text(plan.GatewayPort), plan.Folder);
        }
    }

    public static (IReadOnlyList<RegionPlan> Fleet, int Index, int Slots) Read(IReadOnlyList<string> arguments) =>
        ([.. arguments.Skip(2).Select(Plan)], Number(arguments[0]), Number(arguments[1]));

    private static RegionPlan Plan(string text)
    {
        var parts = text.Split('|', 5);
        return new RegionPlan(new RegionId(parts[0]), Number(parts[1]), Number(parts[2]), Number(parts[3]), parts[4]);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
