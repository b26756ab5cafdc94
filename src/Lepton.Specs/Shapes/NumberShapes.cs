using System.Globalization;
using System.Text.Json.Nodes;

namespace Lepton.Specs;

/// <summary>A whole number within bounds.</summary>
internal sealed class IntShape(int least, int most) : Shape<int>
{
    public override bool TryRead(SpecNode node, Scope scope, out int value)
    {
        value = 0;
        var range = $"a whole number from {Words.Number(least)} to {Words.Number(most)}";
        if (node.Kind == NodeKind.Text && int.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var typed))
            return scope.Wrong(node, range, typed < least || typed > most ? null : string.Create(CultureInfo.InvariantCulture, $"Maybe {typed}{(node.Text[0] == '0' && typed != 0 ? "." : ", without quotes.")}"));
        if (node.Kind != NodeKind.Number) return scope.Wrong(node, range);
        var whole = int.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
        if (whole && value >= least && value <= most) return true;
        var below = node.Text.StartsWith('-') || (whole && value < least);
        var near = below ? least : most;
        if (decimal.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) near = (int)Math.Round(number);
        return scope.Wrong(node, range, string.Create(CultureInfo.InvariantCulture, $"Maybe {near}."));
    }

    public override SpecNode Write(int value) => SpecNode.OfNumber(value.ToString(CultureInfo.InvariantCulture));

    public override JsonObject Schema(SchemaScope scope) =>
        new() { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most };
}

/// <summary>A number within bounds, exact in decimal.</summary>
internal sealed class DecimalShape(string what, decimal least, decimal most) : Shape<decimal>
{
    public override bool TryRead(SpecNode node, Scope scope, out decimal value)
    {
        value = 0;
        var range = string.Create(CultureInfo.InvariantCulture, $"{what} from {least} to {most}");
        if (node.Kind != NodeKind.Number || node.Text.Length > 30) return scope.Wrong(node, range);
        var read = decimal.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        return (read && value >= least && value <= most) || scope.Wrong(node, range);
    }

    public override SpecNode Write(decimal value) =>
        SpecNode.OfNumber(value.ToString("0.#############################", CultureInfo.InvariantCulture));

    public override JsonObject Schema(SchemaScope scope) =>
        new() { ["type"] = "number", ["minimum"] = least, ["maximum"] = most };
}

/// <summary>True or false.</summary>
internal sealed class BoolShape : Shape<bool>
{
    public override bool TryRead(SpecNode node, Scope scope, out bool value)
    {
        value = node.Text == "true";
        return node.Kind == NodeKind.Boolean || scope.Wrong(node, "true or false");
    }

    public override SpecNode Write(bool value) => new(NodeKind.Boolean, default) { Text = value ? "true" : "false" };

    public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = "boolean" };
}
