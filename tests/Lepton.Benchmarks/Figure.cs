using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lepton.Benchmarks;

/// <summary>One measured figure: printed as one JSON line, with the machine it was measured on.</summary>
internal static class Figure
{
    private static readonly string Cpu = CpuModel();

    public static void Print(string bench, string metric, double? value, string unit, params (string Name, JsonNode? Value)[] fields)
    {
        var line = new JsonObject
        {
            ["bench"] = bench,
            ["metric"] = metric,
            ["value"] = value is { } v ? JsonValue.Create(Rounded(v)) : null,
            ["unit"] = unit,
        };
        foreach (var (name, field) in fields) line[name] = field?.DeepClone();
        line["cpu"] = Cpu;
        line["cores"] = Environment.ProcessorCount;
        Console.WriteLine(line.ToJsonString(JsonSerializerOptions.Default));
    }

    /// <summary>Nine significant digits: more would be noise in a log.</summary>
    private static double Rounded(double value) =>
        value == 0 || !double.IsFinite(value) ? 0 : double.Parse(value.ToString("G9"));

    private static string CpuModel()
    {
        const string path = "/proc/cpuinfo";
        var line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString();
    }
}
