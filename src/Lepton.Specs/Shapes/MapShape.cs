using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Lepton.Specs;

/// <summary>A map with free names and values of one shape.</summary>
/// <param name="name">Rule of the names.</param>
/// <param name="sorted">True: the order does not count and is made canonical. False: it is kept.</param>
internal sealed class MapShape<T>(Shape<string> name, Shape<T> entry, int most, string what, bool sorted) : Shape<ValueList<Named<T>>>
    where T : notnull
{
    public override bool TryRead(SpecNode node, Scope scope, [MaybeNullWhen(false)] out ValueList<Named<T>> value)
    {
        value = null;
        if (node.Kind != NodeKind.Map) return scope.Wrong(node, $"a map of {what}", "Maybe {name: value}.");
        if (node.Fields.Length > most)
        {
            scope.Add(node.Mark, $"holds {Words.Number(node.Fields.Length)} {what}; the limit is {Words.Number(most)}.",
                "Maybe keep fewer of them.");
            return false;
        }

        var entries = new List<Named<T>>(node.Fields.Length);
        foreach (var field in node.Fields)
        {
            var at = scope.Entry(field.Name);
            name.TryRead(new SpecNode(NodeKind.Text, field.Mark) { Text = field.Name }, at, out _);
            if (entry.TryRead(field.Value, at, out var one)) entries.Add(new(field.Name, one));
        }

        value = new(sorted ? [.. entries.OrderBy(e => e.Name, StringComparer.Ordinal)] : [.. entries]);
        return true;
    }

    public override SpecNode Write(ValueList<Named<T>> value) =>
        SpecNode.OfMap(value.Select(e => new SpecField(e.Name, default, entry.Write(e.Value))));

    public override JsonObject Schema(SchemaScope scope) => new()
    {
        ["type"] = "object",
        ["propertyNames"] = name.Schema(scope),
        ["additionalProperties"] = entry.Schema(scope),
        ["maxProperties"] = most,
    };
}
