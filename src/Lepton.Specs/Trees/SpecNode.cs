using System.Collections.Immutable;

namespace Lepton.Specs;

/// <summary>What a value of the text is, before its field is known.</summary>
internal enum NodeKind
{
    Text,

    /// <summary>
    /// A JSON number, or a plain YAML scalar that is written like one; <see cref="SpecNode.Text"/> keeps the spelling.
    /// </summary>
    Number,
    Boolean,
    Null,
    List,
    Map,

    /// <summary>Refused already while the tree was built: readers say nothing more about it.</summary>
    Refused,
}

/// <summary>One value of a spec text with its place.</summary>
internal sealed record SpecNode(NodeKind Kind, SpecMark Mark)
{
    public string Text { get; init; } = "";

    public ImmutableArray<SpecNode> Items { get; init; } = [];

    public ImmutableArray<SpecField> Fields { get; init; } = [];

    public bool IsScalar => Kind is NodeKind.Text or NodeKind.Number or NodeKind.Boolean;

    public static SpecNode OfText(string text) => new(NodeKind.Text, default) { Text = text };

    public static SpecNode OfNumber(string text) => new(NodeKind.Number, default) { Text = text };

    public static SpecNode OfList(IEnumerable<SpecNode> items) => new(NodeKind.List, default) { Items = [.. items] };

    public static SpecNode OfMap(IEnumerable<SpecField> fields) => new(NodeKind.Map, default) { Fields = [.. fields] };

    public SpecField? Find(string name)
    {
        foreach (var field in Fields)
        {
            if (field.Name == name) return field;
        }

        return null;
    }
}

/// <summary>A name of a map with its value; the place is that of the name.</summary>
internal sealed record SpecField(string Name, SpecMark Mark, SpecNode Value);
