using System.Globalization;
using System.Text.Json.Nodes;

namespace Lepton.Specs;

/// <summary>Reads a text with a unit.</summary>
internal delegate bool UnitParser<T>(string text, out T value);

/// <summary>
/// A number with a unit, or a point in time: text with a parser, a canonical form, bounds and a guess for what was
/// meant.
/// </summary>
internal sealed class UnitShape<T>(
    string what,
    string example,
    UnitParser<T> parse,
    Func<T, string> format,
    Func<string, string?> guess,
    T least,
    T most) : Shape<T>
    where T : struct, IComparable<T>
{
    /// <summary>A bare number is a value as well, and the canonical form of one.</summary>
    public bool BareNumber { get; init; }

    public override bool TryRead(SpecNode node, Scope scope, out T value)
    {
        value = default;
        if (!node.IsScalar || node.Kind == NodeKind.Boolean) return scope.Wrong(node, what, $"Maybe {example}.");
        var typed = node.Kind == NodeKind.Text || BareNumber;
        if (!typed || !parse(node.Text, out value))
            return scope.Wrong(node, what, $"Maybe {GuessOf(node.Text) ?? example}.");
        if (value.CompareTo(least) < 0) return Outside(node, scope, "least", least);
        return value.CompareTo(most) <= 0 || Outside(node, scope, "most", most);
    }

    public override SpecNode Write(T value) =>
        BareNumber ? SpecNode.OfNumber(format(value)) : SpecNode.OfText(format(value));

    public override JsonObject Schema(SchemaScope scope) => new()
    {
        ["type"] = BareNumber ? new JsonArray("number", "string") : "string",
        ["examples"] = new JsonArray(example),
    };

    /// <summary>A guess that would be refused as well is none.</summary>
    private string? GuessOf(string text) =>
        guess(text) is { } g && parse(g, out var value) && value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0 ? g : null;

    private bool Outside(SpecNode node, Scope scope, string bound, T limit)
    {
        scope.Add(node.Mark, string.Create(CultureInfo.InvariantCulture, $"{Words.Shown(node)} is outside the limit: at {bound} {format(limit)}."),
            $"Maybe {example}.");
        return false;
    }
}
