using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Lepton.Specs;

/// <summary>A tree as JSON.</summary>
internal static class JsonWriter
{
    public static string Write(SpecNode node, bool indented)
    {
        using var buffer = new MemoryStream();
        var options = new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = SpecLimits.Depth + 8 };
        using (var json = new Utf8JsonWriter(buffer, options)) Write(json, node);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Write(Utf8JsonWriter json, SpecNode node)
    {
        switch (node.Kind)
        {
            case NodeKind.Map:
                json.WriteStartObject();
                foreach (var field in node.Fields)
                {
                    json.WritePropertyName(field.Name);
                    Write(json, field.Value);
                }

                json.WriteEndObject();
                break;
            case NodeKind.List:
                json.WriteStartArray();
                foreach (var item in node.Items) Write(json, item);
                json.WriteEndArray();
                break;
            case NodeKind.Number:
                json.WriteRawValue(node.Text);
                break;
            case NodeKind.Boolean:
                json.WriteBooleanValue(node.Text == "true");
                break;
            case NodeKind.Null or NodeKind.Refused:
                json.WriteNullValue();
                break;
            default:
                json.WriteStringValue(node.Text);
                break;
        }
    }
}
