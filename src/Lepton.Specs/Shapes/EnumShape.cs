using System.Text.Json.Nodes;

namespace Lepton.Specs;

/// <summary>One of a closed list of words: any case in, one spelling out.</summary>
internal sealed class EnumShape<T>(params (string Word, T Value)[] words) : Shape<T>
    where T : struct, Enum
{
    public override bool TryRead(SpecNode node, Scope scope, out T value)
    {
        value = default;
        if (node.Kind == NodeKind.Text)
        {
            foreach (var (word, candidate) in words)
            {
                if (!word.Equals(node.Text, StringComparison.OrdinalIgnoreCase)) continue;
                value = candidate;
                return true;
            }
        }

        // Only what this server supports is offered.
        var supported = scope.Capabilities.ValuesOf(scope.Relative);
        var offered = words.Select(w => w.Word).Where(w => supported.IsEmpty || supported.Contains(w, StringComparer.OrdinalIgnoreCase)).ToList();
        var nearest = node.Kind == NodeKind.Text ? Nearest.Of(node.Text, offered, scope.Errors) : null;
        return scope.Wrong(node, offered.Count == 1 ? offered[0] : "one of " + string.Join(", ", offered), nearest is null ? null : $"Maybe {nearest}.");
    }

    public override SpecNode Write(T value) =>
        SpecNode.OfText(words.First(w => EqualityComparer<T>.Default.Equals(w.Value, value)).Word);

    public override JsonObject Schema(SchemaScope scope)
    {
        var supported = scope.Capabilities.ValuesOf(scope.Relative);
        var shown = words.Select(w => w.Word).Where(w => supported.IsEmpty || supported.Contains(w, StringComparer.OrdinalIgnoreCase));
        return new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. shown.Select(w => (JsonNode)w)]) };
    }
}
