using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Lepton.Specs;

/// <summary>
/// A tree as canonical YAML: maps as blocks, short lists of scalars on one line, quotes wherever a reader might see
/// anything but text.
/// </summary>
internal static partial class YamlWriter
{
    private const int LineChars = 110;

    public static string Write(SpecNode root)
    {
        var text = new StringBuilder();
        if (root is { Kind: NodeKind.Map, Fields.Length: > 0 }) Map(text, root, 0, atLineStart: true);
        else text.Append(Scalar(root)).Append('\n');
        return text.ToString();
    }

    private static void Map(StringBuilder text, SpecNode map, int indent, bool atLineStart)
    {
        foreach (var field in map.Fields)
        {
            if (atLineStart) text.Append(' ', indent);
            atLineStart = true;
            text.Append(Quoted(field.Name)).Append(':');
            Value(text, field.Value, indent);
        }
    }

    /// <summary>The rest of a line that begins with a name, and the lines below it.</summary>
    private static void Value(StringBuilder text, SpecNode node, int indent)
    {
        if (node is { Kind: NodeKind.Map, Fields.Length: > 0 })
        {
            text.Append('\n');
            Map(text, node, indent + 2, atLineStart: true);
        }
        else if (node is { Kind: NodeKind.List, Items.Length: > 0 } && OneLine(node, LineChars - indent) is null)
        {
            text.Append('\n');
            List(text, node, indent + 2);
        }
        else text.Append(' ').Append(Scalar(node)).Append('\n');
    }

    private static void List(StringBuilder text, SpecNode list, int indent)
    {
        foreach (var item in list.Items)
        {
            text.Append(' ', indent).Append('-');
            if (item is { Kind: NodeKind.Map, Fields.Length: > 0 })
            {
                text.Append(' ');
                Map(text, item, indent + 2, atLineStart: false);
            }
            else Value(text, item, indent);
        }
    }

    private static string Scalar(SpecNode node) => node.Kind switch
    {
        NodeKind.Text => Quoted(node.Text),
        NodeKind.Number or NodeKind.Boolean => node.Text,
        NodeKind.List => OneLine(node, int.MaxValue) ?? "[]",
        NodeKind.Map => "{}",
        _ => "null",
    };

    /// <summary>A list of scalars in brackets, or null where it holds more than those or is too long.</summary>
    private static string? OneLine(SpecNode list, int most)
    {
        var text = new StringBuilder("[");
        foreach (var item in list.Items)
        {
            if (!item.IsScalar) return null;
            text.Append(text.Length > 1 ? ", " : "").Append(Scalar(item));
            if (text.Length > most) return null;
        }

        return text.Append(']').ToString();
    }

    private static string Quoted(string value)
    {
        if (value.Length <= 64 && PlainRegex().IsMatch(value) && !SpecialRegex().IsMatch(value)) return value;
        var text = new StringBuilder("\"");
        foreach (var c in value)
        {
            if (c is '"' or '\\') text.Append('\\').Append(c);
            else if (c == '\n') text.Append("\\n");
            else if (c == '\t') text.Append("\\t");
            else if (IsPrintable(c)) text.Append(c);
            else text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return text.Append('"').ToString();
    }

    /// <summary>
    /// Line breaks of Unicode, byte order marks and the like are escaped: readers treat them as something else than
    /// text.
    /// </summary>
    private static bool IsPrintable(char c) =>
        c >= ' ' && c is not ((>= '\u007f' and <= '\u00a0') or '\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff');

    [GeneratedRegex(@"\A[A-Za-z0-9/][A-Za-z0-9_./-]*\z")]
    private static partial Regex PlainRegex();

    /// <summary>What some YAML reader takes for a number, a boolean, nothing or a date.</summary>
    [GeneratedRegex(@"\A([0-9][0-9_.]*([eE][-+]?[0-9]+)?|0[xXoObB].*|[0-9]+-[0-9-]+.*|true|false|null|yes|no|on|off|y|n)\z", RegexOptions.IgnoreCase)]
    private static partial Regex SpecialRegex();
}
