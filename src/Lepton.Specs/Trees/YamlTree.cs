using System.Collections.Immutable;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Lepton.Specs;

/// <summary>
/// YAML text to a tree, on the parser's events: no object is built by YAML's own rules, so nothing in the text can choose a type.
/// Anchors, aliases, tags, a second document, duplicate names and deep nesting are refused.
/// </summary>
internal sealed partial class YamlTree
{
    private readonly Parser parser;
    private readonly ErrorList errors;
    private readonly SpecMark? origin;

    private YamlTree(string text, ErrorList errors, SpecMark? origin)
    {
        parser = new Parser(new Scanner(new StringReader(text)));
        this.errors = errors;
        this.origin = origin;
    }

    /// <summary>
    /// The tree, or null and at least one error. <paramref name="origin"/> replaces all places, for overrides.
    /// </summary>
    public static SpecNode? Parse(string text, ErrorList errors, SpecMark? origin = null)
    {
        var tree = new YamlTree(text, errors, origin);
        try
        {
            return tree.Document();
        }
        catch (DepthException e)
        {
            errors.Add(SpecPath.Root, e.Mark, $"Lists and maps are nested deeper than {SpecLimits.Depth}.",
                "Maybe flatten them.");
        }
        catch (YamlException e)
        {
            var tab = e.Message.Contains(" tab", StringComparison.Ordinal) ? TabBehind(text, e.Start) : null;
            var hint = tab is null ? null : "Maybe replace the tab by spaces.";
            errors.Add(SpecPath.Root, tree.MarkOf(tab ?? e.Start), $"Not valid YAML: {Sentence(e.Message)}", hint);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or IndexOutOfRangeException or OverflowException)
        {
            // The YAML scanner meets broken text with these as well; to whoever wrote the text they all mean the same.
            errors.Add(SpecPath.Root, tree.MarkOf(tree.parser.Current?.End ?? Mark.Empty), "Not valid YAML here or shortly after.");
        }

        return null;
    }

    private SpecNode? Document()
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
        {
            errors.Add(SpecPath.Root, origin ?? default, "The text holds no document.",
                "Maybe begin with apiVersion: lepton.dev/v1.");
            return null;
        }

        var root = Node(SpecPath.Root, 1);
        parser.Consume<DocumentEnd>();
        if (parser.TryConsume<DocumentStart>(out var second))
            errors.Add(SpecPath.Root, MarkOf(second.Start), "A second document begins here; a spec is one document.",
                "Maybe submit them one by one.");
        return root;
    }

    private SpecNode Node(SpecPath path, int depth)
    {
        var at = parser.Consume<ParsingEvent>();
        var mark = MarkOf(at.Start);
        if (at is not Scalar && depth > SpecLimits.Depth) throw new DepthException(mark);
        if (at is AnchorAlias alias)
        {
            errors.Add(path, mark, $"Alias *{Words.Shown(alias.Value.Value)}: aliases are not allowed.",
                "Maybe write the value out.");
            return new SpecNode(NodeKind.Refused, mark);
        }

        if (at is NodeEvent node) RefuseProperties(node, path, mark);
        return at switch
        {
            Scalar scalar => OfScalar(scalar, mark),
            SequenceStart => List(path, mark, depth),
            MappingStart => Map(path, mark, depth),
            _ => throw new YamlException(at.Start, at.End, "A value is missing here."),
        };
    }

    private SpecNode List(SpecPath path, SpecMark mark, int depth)
    {
        var items = ImmutableArray.CreateBuilder<SpecNode>();
        while (!parser.TryConsume<SequenceEnd>(out _)) items.Add(Node(path.Item(items.Count), depth + 1));
        return new SpecNode(NodeKind.List, mark) { Items = items.ToImmutable() };
    }

    private SpecNode Map(SpecPath path, SpecMark mark, int depth)
    {
        var fields = ImmutableArray.CreateBuilder<SpecField>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = Node(path, depth + 1);
            var at = path.Field(key.Text);
            var value = Node(at, depth + 1);
            if (!key.IsScalar) Refuse(key, path);
            else if (names.Add(key.Text)) fields.Add(new SpecField(key.Text, key.Mark, value));
            else if (!errors.Full) errors.Add(at, key.Mark, $"{at} stands twice.", "Maybe remove one of them.");
        }

        return new SpecNode(NodeKind.Map, mark) { Fields = fields.ToImmutable() };
    }

    private void Refuse(SpecNode key, SpecPath path)
    {
        if (key.Kind != NodeKind.Refused)
            errors.Add(path, key.Mark, $"{Words.Shown(key)} cannot be a name.",
                "Maybe a missing value, or a colon too many.");
    }

    private void RefuseProperties(NodeEvent node, SpecPath path, SpecMark mark)
    {
        if (!node.Anchor.IsEmpty) errors.Add(path, mark, $"Anchor &{Words.Shown(node.Anchor.Value)}: anchors are not allowed.", "Maybe remove it.");
        if (!node.Tag.IsEmpty) errors.Add(path, mark, $"Tag {Words.Shown(node.Tag.Value)}: tags are not allowed.", "Maybe remove it.");
    }

    private static SpecNode OfScalar(Scalar scalar, SpecMark mark)
    {
        var kind = scalar.Style != ScalarStyle.Plain ? NodeKind.Text : scalar.Value switch
        {
            "" or "~" or "null" or "Null" or "NULL" => NodeKind.Null,
            "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => NodeKind.Boolean,
            var value when value.Length <= 64 && JsonNumber().IsMatch(value) => NodeKind.Number,
            _ => NodeKind.Text,
        };
        var text = kind == NodeKind.Boolean ? scalar.Value.ToLowerInvariant() : scalar.Value;
        return new SpecNode(kind, mark) { Text = text };
    }

    private SpecMark MarkOf(Mark mark) => origin ?? new SpecMark((int)mark.Line, (int)mark.Column);

    private static string Sentence(string message)
    {
        var text = Words.Line(message);
        return text.EndsWith('.') ? text : text + ".";
    }

    /// <summary>
    /// The parser places a forbidden tab at the beginning of the map around it; people look for the tab.
    /// </summary>
    private static Mark? TabBehind(string text, Mark start)
    {
        var lines = text.Split('\n');
        for (var i = (int)start.Line - 1; i < lines.Length; i++)
        {
            var indent = lines[i].Length - lines[i].TrimStart(' ', '\t').Length;
            var tab = lines[i].AsSpan(0, indent).IndexOf('\t');
            if (tab >= 0) return new Mark(0, i + 1, tab + 1);
        }

        return null;
    }

    /// <summary>
    /// What JSON also takes as a number: <c>05</c>, <c>.5</c>, <c>0x1f</c> and <c>1_000</c> stay text.
    /// </summary>
    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    internal static partial Regex JsonNumber();

    private sealed class DepthException(SpecMark mark) : Exception
    {
        public SpecMark Mark { get; } = mark;
    }
}
