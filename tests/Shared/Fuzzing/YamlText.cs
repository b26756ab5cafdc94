using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lepton.Tests.Shared.Fuzzing;

/// <summary>A tree as YAML of many styles: blocks and flows, plain and quoted, comments between. Written apart from the product's writer, which it is to test.</summary>
internal static class YamlText
{
    public static string Of(JsonNode root, Random random)
    {
        var text = new StringBuilder();
        if (random.Next(20) == 0) text.Append('\ufeff');
        Write(text, root, 0, random);
        var written = text.ToString();
        return random.Next(10) == 0 ? written.Replace("\n", "\r\n", StringComparison.Ordinal) : written;
    }

    private static void Write(StringBuilder text, JsonNode? node, int indent, Random random)
    {
        if (node is JsonObject { Count: > 0 } map && random.Next(5) > 0)
        {
            foreach (var (name, value) in map)
            {
                if (random.Next(30) == 0) text.Append(' ', indent).Append("# a comment: [\n");
                text.Append(' ', indent).Append(Scalar(name, random)).Append(':');
                Below(text, value, indent, random);
            }
        }
        else if (node is JsonArray { Count: > 0 } list && random.Next(3) > 0)
        {
            foreach (var value in list)
            {
                text.Append(' ', indent).Append('-');
                Below(text, value, indent, random);
            }
        }
        else text.Append(' ', indent).Append(Flow(node, random)).Append('\n');
    }

    private static void Below(StringBuilder text, JsonNode? value, int indent, Random random)
    {
        if (value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })
        {
            text.Append('\n');
            Write(text, value, indent + random.Next(1, 4), random);
        }
        else text.Append(' ').Append(Flow(value, random)).Append('\n');
    }

    private static string Flow(JsonNode? node, Random random) => node switch
    {
        null => random.Next(2) == 0 ? "null" : "~",
        JsonObject map => "{" + string.Join(", ", map.Select(f => $"{Scalar(f.Key, random)}: {Flow(f.Value, random)}")) + "}",
        JsonArray list => "[" + string.Join(", ", list.Select(v => Flow(v, random))) + "]",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Scalar(value.GetValue<string>(), random),
        _ => node.ToJsonString(),
    };

    private static string Scalar(string value, Random random) => random.Next(6) switch
    {
        0 when value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '/' or '.' or '_') => value,
        1 when !value.Any(c => char.IsControl(c) || c > 0x7e) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'",
        2 => value.Length > 0 ? value : "''",       // plain, whatever that turns it into
        _ => Quoted(value),
    };

    private static string Quoted(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var c in value)
        {
            if (c is '"' or '\\') text.Append('\\').Append(c);
            else if (c is < ' ' or > '~') text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else text.Append(c);
        }

        return text.Append('"').ToString();
    }
}
