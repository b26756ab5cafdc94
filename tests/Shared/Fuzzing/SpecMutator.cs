using System.Globalization;
using System.Text.Json.Nodes;

namespace Lepton.Tests.Shared.Fuzzing;

/// <summary>
/// Breaks good specs where it hurts: knows fields, types, limits and placeholders, so that most of its texts come past the parser and reach the
/// rules behind it. The same seed gives the same texts.
/// </summary>
internal sealed class SpecMutator(IReadOnlyList<JsonNode> good, Random random)
{
    private static readonly string[] Fields =
    [
        "apiVersion", "kind", "name", "labels", "queue", "priority", "run", "command", "handler", "workdir", "env", "image", "secrets", "resources", "cpus", "memory", "accelerators",
        "placement", "regions", "avoid", "timeLimit", "startAfter", "deadline", "retry", "max", "backoff", "on", "preemption", "graceSeconds", "checkpoint", "every", "outputs", "inputs", "tasks",
        "split", "by", "of", "count", "grid", "dependsOn", "array", "gang", "redundancy", "uri", "size", "sizeGiB", "region", "<<", "", "__proto__", "a.b", "a b", "x\u202ey", "\u0430", "0",
    ];

    private static readonly string[] Texts =
    [
        "", " ", "a", "A", "-", "..", "../x", "/", "/a/../b", "a//b", "*", "**/*", "${index}", "${input}", "${grid.trees}", "${outputs.train}", "${outputs.}", "${", "$${", "$${x}", "${x", "${${x}}",
        "\u0000", "\u001b[31m", "\u0007", "\u0085", "\u202e", "\u200b", "\u2028", "\ufeff", "\ud83d\ude00", "\u0430pp", "\uff11", "null", "~", "true", "yes", "05", "1e3", "1_000", "0x1f", ".5", "NaN", "-0",
        "6h", "90", "1h1h", "365d", "366d", "0s", "99999999999d", "1ms", "40GiB", "40GB", "0B", "1PiB", "9999999PiB", "0.5", "32+", "500m", "0.0001", "H100:8", "2026-11-24T08:00:00Z", "2026-02-30T00:00:00Z",
        "file:///a", "file://a", "file://./a", "file://localhost/a", "file:///a/../b", "file:///%2e", "s3://x/y", "artifact:" + Sha, "artifact:xyz", "us-east", "mars", "eu-*", "us-east/n01", "train", "default", "noop", "Job", "TaskArray", "job",
        "lepton.dev/v1", "lepton.dev/v2", "nodeLost", "LEPTON_X", "A=B", "- a", ": b", "# c", "\"", "'", "\\", "a\nb", "a\tb", "a\r\nb", "|", ">", "!t", "&a", "*a", "{", "[", "---", "%Y",
    ];

    private const string Sha = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    public string Next(out bool json)
    {
        var root = good[random.Next(good.Count)].DeepClone();
        for (var changes = Math.Max(1, random.Next(-2, 5)); changes > 0; changes--) root = Change(root);
        json = random.Next(2) == 0;
        var text = json ? root.ToJsonString() : YamlText.Of(root, random);
        return random.Next(8) == 0 ? Scratched(text) : text;
    }

    /// <summary>The tree with one place of it changed.</summary>
    private JsonNode Change(JsonNode root)
    {
        var places = new List<JsonNode>();
        Collect(root, places);
        switch (places[random.Next(places.Count)])
        {
            case JsonObject map:
                ChangeMap(map);
                break;
            case JsonArray list:
                ChangeList(list);
                break;
            case var scalar when scalar.Parent is JsonObject owner:
                owner[scalar.GetPropertyName()] = Value(3);
                break;
            case var scalar when scalar.Parent is JsonArray owner:
                owner[scalar.GetElementIndex()] = Value(3);
                break;
            default:
                return Value(3) ?? new JsonObject();
        }

        return root;
    }

    private void ChangeMap(JsonObject map)
    {
        var names = map.Select(f => f.Key).ToList();
        switch (random.Next(6))
        {
            case 0 when names.Count > 0:
                map.Remove(names[random.Next(names.Count)]);
                break;
            case 1 when names.Count > 0:
                var from = names[random.Next(names.Count)];
                var value = map[from]?.DeepClone();
                map.Remove(from);
                map[Typo(from)] = value;
                break;
            case 2 when names.Count > 0:
                map[names[random.Next(names.Count)]] = Value(3);
                break;
            case 3:
                for (var n = random.Next(1, 300); n > 0; n--) map[string.Create(CultureInfo.InvariantCulture, $"k{n}")] = "v";
                break;
            default:
                map[Fields[random.Next(Fields.Length)]] = Value(3);
                break;
        }
    }

    private void ChangeList(JsonArray list)
    {
        switch (random.Next(5))
        {
            case 0 when list.Count > 0:
                list.RemoveAt(random.Next(list.Count));
                break;
            case 1 when list.Count > 0:
                list.Add(list[random.Next(list.Count)]?.DeepClone());
                break;
            case 2:
                for (var n = random.Next(1, 300); n > 0; n--) list.Add(random.Next(2) == 0 ? JsonValue.Create(n) : Value(1));
                break;
            case 3:
                list.Clear();
                break;
            default:
                list.Insert(random.Next(list.Count + 1), Value(3));
                break;
        }
    }

    private JsonNode? Value(int depth) => random.Next(depth > 0 ? 12 : 9) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(2) == 0),
        2 => JsonValue.Create(random.Next(-3, 200)),
        3 => JsonNode.Parse(Numbers[random.Next(Numbers.Length)]),
        4 => JsonValue.Create(new string((char)random.Next(0x20, 0x500), random.Next(1, 1_100))),
        < 9 => JsonValue.Create(Texts[random.Next(Texts.Length)] + (random.Next(4) == 0 ? Texts[random.Next(Texts.Length)] : "")),
        9 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(depth - 1))]),
        10 => Deep(random.Next(1, 45)),
        _ => Map(depth),
    };

    private static readonly string[] Numbers =
        ["0", "-1", "1e3", "1.5", "1e-9", "101", "2147483648", "9223372036854775808", "1e308", "0.30000000000000004", "1000000", "1000001", "99999999999999999999999999999999"];

    private JsonObject Map(int depth)
    {
        var map = new JsonObject();
        for (var n = random.Next(1, 4); n > 0; n--) map[Fields[random.Next(Fields.Length)]] = Value(depth - 1);
        return map;
    }

    private static JsonNode Deep(int levels)
    {
        JsonNode node = new JsonArray();
        for (var i = 0; i < levels; i++) node = i % 2 == 0 ? new JsonArray(node) : new JsonObject { ["a"] = node };
        return node;
    }

    private string Typo(string name)
    {
        if (name.Length < 2) return name + "x";
        var at = random.Next(name.Length - 1);
        return random.Next(4) switch
        {
            0 => name.Remove(at, 1),
            1 => name.Insert(at, ((char)random.Next('a', 'z')).ToString()),
            2 => name[..at] + name[at + 1] + name[at] + name[(at + 2)..],
            _ => name.ToUpperInvariant(),
        };
    }

    /// <summary>A scratch in the text itself: what no tree can say.</summary>
    private string Scratched(string text)
    {
        var at = random.Next(text.Length + 1);
        return random.Next(5) switch
        {
            0 => text[..at],
            1 => text.Insert(at, ((char)random.Next(1, 0x2100)).ToString()),
            2 => text.Insert(at, Texts[random.Next(Texts.Length)]),
            3 => text + text,
            _ => at < text.Length ? text.Remove(at, Math.Min(random.Next(1, 9), text.Length - at)) : text,
        };
    }

    private static void Collect(JsonNode node, List<JsonNode> places)
    {
        places.Add(node);
        if (node is JsonObject map) foreach (var (_, value) in map) if (value is not null) Collect(value, places);
        if (node is JsonArray list) foreach (var value in list) if (value is not null) Collect(value, places);
    }
}
