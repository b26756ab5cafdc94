using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lepton.GpuChecks;

/// <summary>One check as one JSON line. <c>ok</c> null: seen and written down, nothing to compare with.</summary>
internal static class Line
{
    /// <summary>A dry run says so on each line: what the fake driver answers must not be taken for a GPU's answer.</summary>
    private static readonly bool s_isFake = Environment.GetEnvironmentVariable("FAKE_NVML_CONFIG") is not null;

    public static void Print(string check, bool? ok, params (string Name, JsonNode? Value)[] fields)
    {
        var line = new JsonObject { ["check"] = check, ["ok"] = ok };
        if (s_isFake) line["fake"] = true;
        foreach (var (name, value) in fields) line[name] = value;
        Console.WriteLine(line.ToJsonString(JsonSerializerOptions.Default));
    }
}
