using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lepton.GpuChecks;

/// <summary>One check as one JSON line. <c>ok</c> null: seen and written down, nothing to compare with.</summary>
internal static class Line
{
    public static void Print(string check, bool? ok, params (string Name, JsonNode? Value)[] fields)
    {
        var line = new JsonObject { ["check"] = check, ["ok"] = ok };
        foreach (var (name, value) in fields) line[name] = value;
        Console.WriteLine(line.ToJsonString(JsonSerializerOptions.Default));
    }
}
