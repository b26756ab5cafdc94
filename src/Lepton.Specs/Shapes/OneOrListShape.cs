using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Lepton.Specs;

/// <summary>One map of fields, or a list of such maps; one is written without the list.</summary>
internal sealed class OneOrListShape<T>(ObjectShape<T> item, int most, string what) : Shape<ValueList<T>>
    where T : notnull
{
    private readonly ListShape<T> list = new(item, 1, most, what) { Unique = true };

    public override bool TryRead(SpecNode node, Scope scope, [MaybeNullWhen(false)] out ValueList<T> value)
    {
        if (node.Kind == NodeKind.List) return list.TryRead(node, scope, out value);
        var read = item.TryRead(node, scope, out var one);
        value = read ? [one!] : null;
        return read;
    }

    public override SpecNode Write(ValueList<T> value) => value.Count == 1 ? item.Write(value[0]) : list.Write(value);

    public override JsonObject Schema(SchemaScope scope)
    {
        var schema = item.Schema(scope);
        var several = list.Schema(scope);
        schema["type"] = new JsonArray("object", "array");
        foreach (var name in new[] { "items", "minItems", "maxItems", "uniqueItems" }) schema[name] = several[name]?.DeepClone();
        return schema;
    }
}
