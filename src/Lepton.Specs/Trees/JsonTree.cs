using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Lepton.Specs;

/// <summary>
/// JSON text to a tree, strictly: no comments, no trailing commas, no duplicate names, limited depth. Relaxed, for files that people keep:
/// comments and trailing commas are fine.
/// </summary>
internal ref struct JsonTree
{
    private readonly ReadOnlySpan<byte> utf8;
    private readonly ErrorList errors;
    private Utf8JsonReader reader;
    private int offset;
    private int line;
    private int column;

    private JsonTree(ReadOnlySpan<byte> utf8, ErrorList errors, bool relaxed)
    {
        this.utf8 = utf8;
        this.errors = errors;
        // One level more than ours, so that the message about depth is ours.
        reader = new Utf8JsonReader(utf8, new JsonReaderOptions
        {
            MaxDepth = SpecLimits.Depth + 2,
            AllowTrailingCommas = relaxed,
            CommentHandling = relaxed ? JsonCommentHandling.Skip : JsonCommentHandling.Disallow,
        });
        (line, column) = (1, 1);
    }

    /// <summary>The tree, or null and at least one error.</summary>
    public static SpecNode? Parse(string text, ErrorList errors, bool relaxed = false)
    {
        var tree = new JsonTree(Encoding.UTF8.GetBytes(text), errors, relaxed);
        try
        {
            tree.reader.Read();
            var root = tree.Node(SpecPath.Root, 1);
            if (root is null) return null;
            // Anything after the value is malformed: the reader says so when it is asked once more.
            tree.reader.Read();
            return root;
        }
        catch (JsonException e)
        {
            tree.Malformed(e);
            return null;
        }
    }

    private SpecNode? Node(SpecPath path, int depth)
    {
        var mark = Here();
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray when depth > SpecLimits.Depth:
                errors.Add(SpecPath.Root, mark, $"Lists and maps are nested deeper than {SpecLimits.Depth}.",
                    "Maybe flatten them.");
                return null;
            case JsonTokenType.StartObject:
                return Map(path, mark, depth);
            case JsonTokenType.StartArray:
                return List(path, mark, depth);
            case JsonTokenType.String:
                return String(path, mark);
            case JsonTokenType.Number:
                return new SpecNode(NodeKind.Number, mark) { Text = Encoding.UTF8.GetString(reader.ValueSpan) };
            case JsonTokenType.True or JsonTokenType.False:
                return new SpecNode(NodeKind.Boolean, mark) { Text = reader.TokenType == JsonTokenType.True
                    ? "true"
                    : "false" };
            default:
                return new SpecNode(NodeKind.Null, mark);
        }
    }

    private SpecNode? List(SpecPath path, SpecMark mark, int depth)
    {
        var items = ImmutableArray.CreateBuilder<SpecNode>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (Node(path.Item(items.Count), depth + 1) is not { } item) return null;
            items.Add(item);
        }

        return new SpecNode(NodeKind.List, mark) { Items = items.ToImmutable() };
    }

    private SpecNode? Map(SpecPath path, SpecMark mark, int depth)
    {
        var fields = ImmutableArray.CreateBuilder<SpecField>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = String(path, Here());
            var at = path.Field(key.Text);
            reader.Read();
            if (Node(at, depth + 1) is not { } value) return null;
            if (key.Kind == NodeKind.Refused) continue;
            if (names.Add(key.Text)) fields.Add(new SpecField(key.Text, key.Mark, value));
            else if (!errors.Full) errors.Add(at, key.Mark, $"{at} stands twice.", "Maybe remove one of them.");
        }

        return new SpecNode(NodeKind.Map, mark) { Fields = fields.ToImmutable() };
    }

    private SpecNode String(SpecPath path, SpecMark mark)
    {
        try
        {
            return new SpecNode(NodeKind.Text, mark) { Text = reader.GetString() ?? "" };
        }
        catch (InvalidOperationException)
        {
            // The only cause for a well-formed token: an escape such as \ud800 without its other half.
            errors.Add(path, mark, "A string here holds half a character (a lone surrogate).",
                "Maybe remove the escape.");
            return new SpecNode(NodeKind.Refused, mark);
        }
    }

    private SpecMark Here()
    {
        AdvanceTo((int)reader.TokenStartIndex);
        return new SpecMark(line, column);
    }

    /// <summary>Moves the place forward only: the whole text costs one pass, also when it is one long line.</summary>
    private void AdvanceTo(int target)
    {
        for (; offset < target; offset++)
        {
            var b = utf8[offset];
            if (b == (byte)'\n') (line, column) = (line + 1, 1);
            else if ((b & 0xC0) != 0x80) column += b >= 0xF0 ? 2 : 1;
        }
    }

    private void Malformed(JsonException e)
    {
        var atLine = (int)(e.LineNumber ?? 0);
        var rest = utf8;
        for (var i = 0; i < atLine; i++) rest = rest[(rest.IndexOf((byte)'\n') + 1)..];
        var before = rest[..Math.Min(rest.Length, (int)(e.BytePositionInLine ?? 0))];
        var mark = new SpecMark(atLine + 1, Encoding.UTF8.GetCharCount(before) + 1);
        // The library's message ends with its own, zero-based place: ours is enough.
        var cut = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        errors.Add(SpecPath.Root, mark, $"Not valid JSON: {Words.Line(Plain(cut < 0 ? e.Message : e.Message[..cut]))}");
    }

    /// <summary>Without what the library says to programmers.</summary>
    private static string Plain(string message) =>
        message.Replace("which is not supported in this mode. Change the reader options.", "which JSON does not take.", StringComparison.Ordinal);
}
