using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Lepton.Specs;

/// <summary>
/// Devices: <c>H100:8</c>, <c>{H100: 8}</c>, <c>H100:4..8</c>, <c>any_of: [...]</c>, <c>ordered: [...]</c>.
/// </summary>
internal sealed partial class AcceleratorsShape : Shape<AcceleratorsDocument>
{
    private const int MostDevices = 100_000;
    private const string Pattern = @"^[A-Za-z][A-Za-z0-9._-]{0,62}(:[0-9]{1,9}(\.\.[0-9]{1,9})?)?$";
    private const string What = "a model and a number of devices";
    private const string Example = "Maybe H100:8, or any_of: [H100:8, A100:16].";

    public override bool TryRead(SpecNode node, Scope scope, [MaybeNullWhen(false)] out AcceleratorsDocument value)
    {
        value = null;
        if (node.Kind == NodeKind.Map && node.Fields.Length == 1 && node.Fields[0] is { Name: "any_of" or "ordered" } several)
            return Several(several, scope.Entry(several.Name), out value);
        if (!One(node, scope, out var choice)) return false;
        value = new AcceleratorsDocument { Choices = [choice] };
        return true;
    }

    public override SpecNode Write(AcceleratorsDocument value)
    {
        var choices = value.Choices.Select(c => SpecNode.OfText(Format(c)));
        return value is { Ordered: false, Choices.Count: 1 }
            ? choices.First()
            : SpecNode.OfMap([new SpecField(value.Ordered ? "ordered" : "any_of", default, SpecNode.OfList(choices))]);
    }

    public override JsonObject Schema(SchemaScope scope) => new()
    {
        ["type"] = new JsonArray("string", "object"),
        ["pattern"] = Pattern,
        ["additionalProperties"] = SeveralSchema(),
        ["examples"] = new JsonArray("H100:8", "H100:4..8", new JsonObject { ["any_of"] = new JsonArray("H100:8", "A100:16") }),
    };

    /// <summary>A number behind a model, or the list of <c>any_of</c> and <c>ordered</c>.</summary>
    private static JsonObject SeveralSchema()
    {
        var schema = CountSchema();
        schema["type"] = new JsonArray("number", "string", "array");
        schema["minItems"] = 1;
        schema["maxItems"] = SpecLimits.Labels;
        schema["items"] = new JsonObject { ["type"] = new JsonArray("string", "object"), ["pattern"] = Pattern, ["additionalProperties"] = CountSchema() };
        return schema;
    }

    private static JsonObject CountSchema() => new() { ["type"] = new JsonArray("number", "string"), ["pattern"] = @"^[0-9]{1,9}(\.\.[0-9]{1,9})?$" };

    private static bool Several(SpecField field, Scope scope, [MaybeNullWhen(false)] out AcceleratorsDocument value)
    {
        value = null;
        if (field.Value.Kind != NodeKind.List || field.Value.Items.Length is 0 or > SpecLimits.Labels)
            return scope.Wrong(field.Value, $"a list of 1 to {SpecLimits.Labels} choices", Example);
        var choices = new List<AcceleratorChoice>();
        for (var i = 0; i < field.Value.Items.Length; i++)
        {
            if (One(field.Value.Items[i], scope.Item(i), out var choice)) choices.Add(choice);
            else scope.Errors.Broken = true;
        }

        value = new AcceleratorsDocument { Choices = [.. choices], Ordered = field.Name == "ordered" };
        return true;
    }

    private static bool One(SpecNode node, Scope scope, [MaybeNullWhen(false)] out AcceleratorChoice choice)
    {
        choice = null;
        var text = node.Kind == NodeKind.Map && node.Fields.Length == 1 && node.Fields[0].Value.IsScalar
            ? $"{node.Fields[0].Name}:{node.Fields[0].Value.Text}"
            : node.Text;
        var match = node.Kind is NodeKind.Text or NodeKind.Map && text.Length <= 100
            ? ChoiceRegex().Match(text)
            : Match.Empty;
        if (!match.Success) return scope.Wrong(node, What, Example);
        var least = Number(match.Groups["least"], 1);
        var most = Number(match.Groups["most"], least);
        if (least < 1 || most < least || most > MostDevices)
            return scope.Wrong(node, $"{What} from 1 to {Words.Number(MostDevices)}, the smaller first", Example);
        choice = new AcceleratorChoice(match.Groups["model"].Value, least, most);
        return true;
    }

    private static int Number(Group group, int absent) =>
        !group.Success ? absent : int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0;

    private static string Format(AcceleratorChoice choice) => choice.Least == choice.Most
        ? string.Create(CultureInfo.InvariantCulture, $"{choice.Model}:{choice.Least}")
        : string.Create(CultureInfo.InvariantCulture, $"{choice.Model}:{choice.Least}..{choice.Most}");

    [GeneratedRegex(@"\A(?<model>[A-Za-z][A-Za-z0-9._-]{0,62})(:(?<least>[0-9]{1,9})(\.\.(?<most>[0-9]{1,9}))?)?\z")]
    private static partial Regex ChoiceRegex();
}
