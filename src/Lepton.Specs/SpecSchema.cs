using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lepton.Specs;

/// <summary>
/// JSON Schema (2020-12) of each kind, made from the same tables the reader uses; fields this server does not support
/// are left out.
/// </summary>
public static class SpecSchema
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Kinds that have a schema.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["Task", "TaskArray", "Gang", "Job"];

    /// <summary>The schema of a kind (any case) as JSON text, or null where there is no such kind.</summary>
    public static string? For(string kind)
    {
        var place = kind.ToUpperInvariant() switch
        {
            "TASK" => SpecPlace.Task,
            "TASKARRAY" => SpecPlace.TaskArray,
            "GANG" => SpecPlace.Gang,
            "JOB" => SpecPlace.Job,
            _ => (SpecPlace?)null,
        };
        return place is null ? null : Of(place.Value).ToJsonString(Indented);
    }

    private static JsonObject Of(SpecPlace place)
    {
        var fields = JobFields.Job.Schema(new SchemaScope(Capabilities.Server, place, ""));
        if (fields["properties"]?["kind"] is JsonObject kind) kind["enum"] = new JsonArray(place.ToString());
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = $"Lepton job spec, kind {place}",
        };
        foreach (var (name, value) in fields) schema[name] = value?.DeepClone();
        return schema;
    }
}
