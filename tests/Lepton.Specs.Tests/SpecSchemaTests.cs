using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;

namespace Lepton.Specs.Tests;

/// <summary>The generated schemas hold every supported field, and what the reader accepts they accept.</summary>
public sealed class SpecSchemaTests
{
    [Fact]
    public void Every_supported_field_is_in_the_schema_with_a_description_and_no_other()
    {
        foreach (var (kind, place) in new[] { ("Task", SpecPlace.Task), ("taskarray", SpecPlace.TaskArray), ("Gang", SpecPlace.Gang), ("JOB", SpecPlace.Job) })
        {
            var schema = JsonNode.Parse(SpecSchema.For(kind)!)!;
            Assert.Equal(Capabilities.Server.PathsAt(place).Order(), Leaves(schema, "").Where(p => !p.StartsWith("tasks.", StringComparison.Ordinal)).Order());
            if (place == SpecPlace.Job)
                Assert.Equal(Capabilities.Server.PathsAt(SpecPlace.JobTask).Order(), Leaves(schema["properties"]!["tasks"]!["items"]!, "").Order());
        }

        Assert.Null(SpecSchema.For("Fleet"));
        Assert.Equal(["Task", "TaskArray", "Gang", "Job"], SpecSchema.Kinds);
        Assert.All(SpecSchema.Kinds, k => Assert.NotNull(SpecSchema.For(k)));
    }

    [Fact]
    public void What_is_accepted_fits_the_schema()
    {
        foreach (var block in DocumentationTests.Blocks("yaml").Concat(DocumentationTests.Blocks("json"))) AssertFits(Texts.Document(block));
        Gen.OneOf<JobDocument>(Documents.Single, Documents.Job).Sample(AssertFits, iter: 200);
    }

    [Theory]
    [InlineData("""{"apiVersion":"lepton.dev/v1","kind":"Task","name":"a"}""")]
    [InlineData("""{"apiVersion":"lepton.dev/v1","kind":"Job","name":"a","run":{}}""")]
    [InlineData("""{"apiVersion":"lepton.dev/v1","kind":"Task","name":"A b","run":{}}""")]
    [InlineData("""{"apiVersion":"lepton.dev/v1","kind":"Task","name":"a","run":{},"spot":"never"}""")]
    [InlineData("""{"apiVersion":"lepton.dev/v1","kind":"Task","name":"a","run":{},"queue":"Train 1"}""")]
    [InlineData("""{"apiVersion":"lepton.dev/v1","kind":"Task","name":"a","run":{},"priority":101}""")]
    public void What_is_not_does_not(string json) => Assert.NotEmpty(Problems(JsonNode.Parse(SpecSchema.For("Task")!)!, JsonNode.Parse(json), ""));

    private static void AssertFits(JobDocument document) =>
        Assert.Empty(Problems(JsonNode.Parse(SpecSchema.For(document.Kind.ToString())!)!, JsonNode.Parse(SpecText.ToJson(document)), ""));

    /// <summary>Paths of the properties that are not maps of fields themselves.</summary>
    private static IEnumerable<string> Leaves(JsonNode schema, string path)
    {
        var whole = schema["properties"] is not null ? schema
            : schema["items"] is { } items && path != "tasks" ? items
            : schema["additionalProperties"] is JsonObject entries ? entries
            : schema["anyOf"]?[0];
        if (whole?["properties"] is JsonObject properties)
        {
            foreach (var (name, value) in properties)
            {
                if (schema["properties"] is not null) Assert.False(string.IsNullOrEmpty((string?)value!["description"]), $"{path}.{name}");
                foreach (var leaf in Leaves(value!, path.Length == 0 ? name : $"{path}.{name}")) yield return leaf;
            }
        }
        else if (whole is not null && (whole["items"] ?? whole["anyOf"]) is not null && path == "inputs")
        {
            foreach (var leaf in Leaves(whole, path)) yield return leaf;
        }
        else yield return path;
    }

    /// <summary>The part of JSON Schema that the generated schemas use.</summary>
    private static IEnumerable<string> Problems(JsonNode schema, JsonNode? value, string path)
    {
        if (schema["anyOf"] is JsonArray any)
        {
            if (any.All(s => Problems(s!, value, path).Any())) yield return $"{path}: none of anyOf";
            yield break;
        }

        var kind = value!.GetValueKind() switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => (string?)schema["type"]?.ToString() == "integer" ? "integer" : "number",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            _ => "null",
        };
        var types = schema["type"] is JsonArray several ? several.Select(t => (string)t!).ToArray() : [(string)schema["type"]!];
        if (!types.Contains(kind)) yield return $"{path}: {kind} is not {string.Join('|', types)}";
        else if (schema["enum"] is JsonArray values && !values.Any(v => JsonNode.DeepEquals(v, value))) yield return $"{path}: not in enum";
        else if (value is JsonObject map)
        {
            foreach (var problem in MapProblems(schema, map, path)) yield return problem;
        }
        else if (value is JsonArray list)
        {
            if (list.Count > (int)schema["maxItems"]! || list.Count < ((int?)schema["minItems"] ?? 0)) yield return $"{path}: {list.Count} items";
            foreach (var problem in list.SelectMany((item, i) => Problems(schema["items"]!, item, $"{path}[{i}]"))) yield return problem;
        }
        else if (kind == "string")
        {
            var text = (string)value!;
            if (schema["pattern"] is { } pattern && !System.Text.RegularExpressions.Regex.IsMatch(text, (string)pattern!)) yield return $"{path}: {text} does not match {pattern}";
            if (text.Length > ((int?)schema["maxLength"] ?? int.MaxValue) || text.Length < ((int?)schema["minLength"] ?? 0)) yield return $"{path}: length";
        }
        else if (kind is "integer" or "number" && schema["maximum"] is not null)
        {
            var number = (decimal)value!;
            if (number > (decimal)schema["maximum"]! || number < (decimal)schema["minimum"]!) yield return $"{path}: {number} is outside";
        }
    }

    private static IEnumerable<string> MapProblems(JsonNode schema, JsonObject map, string path)
    {
        foreach (var name in schema["required"]?.AsArray() ?? [])
        {
            if (!map.ContainsKey((string)name!)) yield return $"{path}: {name} is missing";
        }

        foreach (var (name, value) in map)
        {
            var at = $"{path}.{name}";
            var field = schema["properties"]?[name] ?? schema["additionalProperties"]!;
            var problems = field.GetValueKind() == JsonValueKind.False ? [$"{at} is not allowed"] : Problems(field, value, at);
            if (schema["propertyNames"] is { } names) problems = problems.Concat(Problems(names, JsonValue.Create(name), at));
            foreach (var problem in problems) yield return problem;
        }
    }
}
