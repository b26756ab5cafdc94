using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Lepton.Specs;

/// <summary>A value whose inside is not ours to judge, kept as canonical JSON.</summary>
internal sealed class AnyShape : Shape<string>
{
    public override bool TryRead(SpecNode node, Scope scope, [MaybeNullWhen(false)] out string value)
    {
        value = null;
        if (node.Kind is NodeKind.Null or NodeKind.Refused) return scope.Wrong(node, "a value");
        if (!Clean(node, scope)) return false;
        value = JsonWriter.Write(node, indented: false);
        return true;
    }

    public override SpecNode Write(string value) => JsonTree.Parse(value, new ErrorList()) ?? SpecNode.OfText(value);

    public override JsonObject Schema(SchemaScope scope) => [];

    private static bool Clean(SpecNode node, Scope scope)
    {
        if (node.Kind == NodeKind.Refused) return false;
        if (node.Kind == NodeKind.Text && TextChecks.ProblemOf(node.Text, multiline: true) is { } problem)
        {
            scope.Add(node.Mark, $"{Words.Shown(node)} {problem}.", "Maybe remove it.");
            return false;
        }

        var clean = true;
        foreach (var item in node.Items) clean &= Clean(item, scope);
        foreach (var field in node.Fields)
        {
            clean &= Clean(new SpecNode(NodeKind.Text, field.Mark) { Text = field.Name }, scope);
            clean &= Clean(field.Value, scope);
        }

        return clean;
    }
}
