using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Lepton.Specs;

/// <summary>A map with known fields: the table from which it is read, written and described.</summary>
internal sealed class ObjectShape<T>(Func<T> create, params string[] required) : Shape<T>
    where T : notnull
{
    private readonly List<Field<T>> fields = [];
    private readonly Dictionary<string, Field<T>> byName = new(StringComparer.Ordinal);

    /// <summary>
    /// Entries of a list of named things stand in a place of their own: its capabilities and required names apply.
    /// </summary>
    public SpecPlace? Place { get; init; }

    /// <summary>A check on the map as a whole, after its fields were read.</summary>
    public Action<SpecNode, Scope>? Check { get; init; }

    public ObjectShape<T> Field<TValue>(string name, Shape<TValue> shape, Func<T, TValue?> get, Func<T, TValue, T> set, string description)
        where TValue : class => Add(new ClassField<T, TValue>(name, shape, get, set, description));

    public ObjectShape<T> Field<TValue>(string name, Shape<TValue> shape, Func<T, TValue?> get, Func<T, TValue, T> set, string description)
        where TValue : struct => Add(new StructField<T, TValue>(name, shape, get, set, description));

    public override bool TryRead(SpecNode node, Scope scope, [MaybeNullWhen(false)] out T value)
    {
        value = create();
        if (Place is { } place) scope = scope.In(place);
        if (node.Kind != NodeKind.Map) return scope.Wrong(node, "a map of fields");
        foreach (var given in node.Fields)
        {
            var at = scope.Field(given.Name);
            if (!byName.TryGetValue(given.Name, out var field)) Unknown(given, at);
            else if (!scope.Capabilities.Supports(scope.Place, at.Relative)) Unsupported(given, at);
            else value = ReadField(field, given, at, value);
        }

        foreach (var name in RequiredAt(scope.Place, scope.Relative))
        {
            if (node.Find(name) is null) scope.Errors.Add(scope.Path.Field(name), node.Mark, $"{scope.Path.Field(name)} is missing.", $"Maybe add {name}.");
        }

        Check?.Invoke(node, scope);
        return true;
    }

    public override SpecNode Write(T value)
    {
        var written = new List<SpecField>();
        foreach (var field in fields)
        {
            if (field.Write(value) is { } node) written.Add(new SpecField(field.Name, default, node));
        }

        return SpecNode.OfMap(written);
    }

    public override JsonObject Schema(SchemaScope scope)
    {
        if (Place is { } place) scope = scope with { Place = place, Relative = "" };
        var properties = new JsonObject();
        foreach (var field in fields)
        {
            var at = scope.Field(field.Name);
            if (!scope.Capabilities.Supports(at.Place, at.Relative)) continue;
            var schema = field.Schema(at);
            schema["description"] = field.Description;
            if (!schema.ContainsKey("enum") && scope.Capabilities.ValuesOf(at.Relative) is { IsEmpty: false } values)
                schema["enum"] = new JsonArray([.. values.Select(v => (JsonNode)v)]);
            properties[field.Name] = schema;
        }

        var whole = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        if (RequiredAt(scope.Place, scope.Relative) is { Count: > 0 } names) whole["required"] = new JsonArray([.. names.Select(n => (JsonNode)n)]);
        return whole;
    }

    private ObjectShape<T> Add(Field<T> field)
    {
        fields.Add(field);
        byName.Add(field.Name, field);
        return this;
    }

    private IReadOnlyList<string> RequiredAt(SpecPlace place, string relative) =>
        relative.Length == 0 ? Capabilities.RequiredAt(place) : required;

    private static T ReadField(Field<T> field, SpecField given, Scope at, T owner)
    {
        var read = field.Read(given.Value, at, owner);
        var supported = at.Capabilities.ValuesOf(at.Relative);
        var refused = !supported.IsEmpty && given.Value.Kind == NodeKind.Text && !supported.Contains(given.Value.Text, StringComparer.OrdinalIgnoreCase)
            && !at.Errors.Touches(at.Path);
        if (refused)
        {
            at.Add(given.Value.Mark, $"{Words.Shown(given.Value.Text)} is not supported by this server.", $"Maybe {string.Join(", ", supported)}.");
        }

        return read;
    }

    private static void Unsupported(SpecField given, Scope at)
    {
        var elsewhere = at.Capabilities.ElsewhereHint(at.Place, at.Relative);
        var message = elsewhere is null
            ? $"{at.Path} is not supported by this server."
            : $"{at.Path} is not supported at this place.";
        at.Errors.Add(at.Path, given.Mark, message, elsewhere);
    }

    private void Unknown(SpecField given, Scope at)
    {
        if (at.Errors.Full) return;
        if (at.Capabilities.PathsNamed(at.Place, given.Name).FirstOrDefault(p => p != at.Relative) is { } home)
            at.Errors.Add(at.Path, given.Mark, $"{Words.Shown(given.Name)}: there is no such field here.",
                $"Maybe {home}.");
        else if (Nearest.Of(given.Name, byName.Keys, at.Errors) is { } nearest)
            at.Errors.Add(at.Path, given.Mark, $"{Words.Shown(given.Name)}: did you mean {nearest}?");
        else
        {
            var known = byName.Keys.Where(n => at.Capabilities.Supports(at.Place, at.Relative[..^given.Name.Length] + n));
            at.Errors.Add(at.Path, given.Mark, $"{Words.Shown(given.Name)}: there is no such field here.", $"Maybe one of {string.Join(", ", known)}.");
        }
    }
}
