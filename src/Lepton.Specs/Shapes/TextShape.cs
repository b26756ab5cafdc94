using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Lepton.Specs;

/// <summary>What is wrong with a text: completes "<c>"value"</c> ...".</summary>
internal readonly record struct TextProblem(string Message, string? Hint = null);

/// <summary>A text with a rule of its own.</summary>
/// <param name="what">For messages: "a name".</param>
/// <param name="check">Says what is wrong with a value; may look at the context.</param>
/// <param name="pattern">The rule as a regular expression for the schema, where it is one.</param>
internal sealed class TextShape(
    string what,
    int maxChars,
    Func<string, Scope, TextProblem?>? check = null,
    string? pattern = null) : Shape<string>
{
    /// <summary>Line breaks and tabs are allowed.</summary>
    public bool Multiline { get; init; }

    /// <summary>
    /// Numbers and booleans are taken as their spelling: arguments and environment values are text in the end.
    /// </summary>
    public bool AnyScalar { get; init; }

    /// <summary>Allows the empty text.</summary>
    public bool Empty { get; init; }

    /// <summary>Replaces what was read, after its checks passed.</summary>
    public Func<string, Scope, string>? Normalize { get; init; }

    public override bool TryRead(SpecNode node, Scope scope, [MaybeNullWhen(false)] out string value)
    {
        value = node.Text;
        if (node.Kind != NodeKind.Text && !(AnyScalar && node.IsScalar))
            return scope.Wrong(node, what, node.IsScalar ? $"Maybe \"{Words.Shown(node.Text)}\", in quotes." : null);
        if (value.Length == 0 && !Empty)
        {
            scope.Add(node.Mark, "is empty.", $"Maybe leave it out, or give {what}.");
            return true;
        }

        if (value.Length > maxChars)
        {
            scope.Add(node.Mark, $"{Words.Shown(node)} has {Words.Number(value.Length)} characters; the limit is {Words.Number(maxChars)}.",
                "Maybe pass a file instead.");
            return true;
        }

        if (TextChecks.ProblemOf(value, Multiline) is { } control)
        {
            scope.Add(node.Mark, $"{Words.Shown(node)} {control}.", "Maybe remove it.");
            return true;
        }

        if (check?.Invoke(value, scope) is { } problem)
        {
            scope.Add(node.Mark, $"{Words.Shown(node)} {problem.Message}", problem.Hint);
            return true;
        }

        if (Normalize is not null) value = Normalize(value, scope);
        return true;
    }

    public override SpecNode Write(string value) =>
        AnyScalar && value.Length <= 64 && YamlTree.JsonNumber().IsMatch(value) ? SpecNode.OfNumber(value) : SpecNode.OfText(value);

    public override JsonObject Schema(SchemaScope scope)
    {
        var schema = new JsonObject { ["type"] = AnyScalar ? new JsonArray("string", "number", "boolean") : "string" };
        if (!Empty) schema["minLength"] = 1;
        schema["maxLength"] = maxChars;
        if (pattern is not null) schema["pattern"] = pattern;
        return schema;
    }
}
