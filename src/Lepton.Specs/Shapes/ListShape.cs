using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Lepton.Specs;

/// <summary>A list of values of one shape.</summary>
internal sealed class ListShape<T>(Shape<T> item, int least, int most, string what) : Shape<ValueList<T>>
    where T : notnull
{
    /// <summary>Equal values may not stand twice.</summary>
    public bool Unique { get; init; }

    public override bool TryRead(SpecNode node, Scope scope, [MaybeNullWhen(false)] out ValueList<T> value)
    {
        value = null;
        if (node.Kind != NodeKind.List)
            return scope.Wrong(node, $"a list of {what}", node.IsScalar ? $"Maybe [{Words.Shown(node)}]." : null);
        if (node.Items.Length < least)
        {
            scope.Add(node.Mark, $"holds {Words.Number(node.Items.Length)} {what}; it takes at least {Words.Number(least)}.",
                "Maybe add one, or leave the field out.");
            return false;
        }

        if (node.Items.Length > most)
        {
            scope.Add(node.Mark, $"holds {Words.Number(node.Items.Length)} {what}; the limit is {Words.Number(most)}.",
                "Maybe submit several jobs.");
            return false;
        }

        var values = new List<T>(node.Items.Length);
        var seen = new HashSet<T>();
        for (var i = 0; i < node.Items.Length; i++)
        {
            var at = scope.Item(i);
            if (!item.TryRead(node.Items[i], at, out var one)) scope.Errors.Broken = true;
            else if (Unique && !seen.Add(one)) at.Add(node.Items[i].Mark, $"{Words.Shown(node.Items[i])} stands twice.", "Maybe remove one of them.");
            else values.Add(one);
        }

        value = new([.. values]);
        return true;
    }

    public override SpecNode Write(ValueList<T> value) => SpecNode.OfList(value.Select(item.Write));

    public override JsonObject Schema(SchemaScope scope)
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = item.Schema(scope), ["maxItems"] = most };
        if (least > 0) schema["minItems"] = least;
        if (Unique) schema["uniqueItems"] = true;
        return schema;
    }
}
