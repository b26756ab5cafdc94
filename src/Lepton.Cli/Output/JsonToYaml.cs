using System.Text.Json;
using YamlDotNet.Serialization;

namespace Lepton.Cli.Output;

/// <summary>A JSON value written as YAML; text that YAML would read as something else is quoted.</summary>
internal static class JsonToYaml
{
    private static readonly ISerializer Writer = new SerializerBuilder().WithQuotingNecessaryStrings().Build();

    public static string Convert(JsonElement value) => Writer.Serialize(Plain(value)!);

    private static object? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(p => p.Name, p => Plain(p.Value)),
        JsonValueKind.Array => value.EnumerateArray().Select(Plain).ToList(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}
