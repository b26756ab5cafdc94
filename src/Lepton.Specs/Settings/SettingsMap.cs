using System.Globalization;

namespace Lepton.Specs;

/// <summary>
/// One map of a configuration file, read field by field. A field that is left out or wrong reads as null; <see cref="Done"/> refuses those
/// that nobody asked for.
/// </summary>
public sealed class SettingsMap
{
    private readonly SettingsFile file;
    private readonly SpecNode node;
    private readonly SpecPath path;
    private readonly List<string> known = [];

    internal SettingsMap(SettingsFile file, SpecNode node, SpecPath path) => (this.file, this.node, this.path) = (file, node, path);

    /// <summary>Names that stand in the map, in the order of the text.</summary>
    public IEnumerable<string> Names => node.Fields.Select(f => f.Name);

    /// <summary>Says that the field is missing where it is.</summary>
    public SettingsMap Require(string name, string example)
    {
        if (node.Find(name) is null && node.Kind == NodeKind.Map)
            file.Add(path.Field(name), node.Mark, $"{path.Field(name)} is missing.", $"Maybe add {name}: {example}.");
        return this;
    }

    public string? Text(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.Kind != NodeKind.Text) return Wrong<string>(name, value, "a text", value.IsScalar ? $"Maybe \"{Words.Shown(value.Text)}\", in quotes." : null);
        return TextChecks.ProblemOf(value.Text, multiline: false) is { } problem
            ? Wrong<string>(name, value, $"allowed: it {problem}", "Maybe remove it.")
            : value.Text;
    }

    public int? Whole(string name) => Find(name) is not { } value ? null
        : value.Kind == NodeKind.Number && int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : WrongValue<int>(name, value, "a whole number", int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? $"Maybe {value.Text}, without quotes." : null);

    public decimal? Number(string name) => Find(name) is not { } value ? null
        : value.Kind == NodeKind.Number && decimal.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : WrongValue<decimal>(name, value, "a number", null);

    /// <summary>A duration such as <c>15s</c>, <c>1h30m</c>, <c>7d</c>.</summary>
    public TimeSpan? Time(string name) => Find(name) is not { } value ? null
        : value.Kind == NodeKind.Text && DurationText.TryParse(value.Text, out var time) ? time
        : WrongValue<TimeSpan>(name, value, "a duration", $"Maybe {(value.IsScalar ? DurationText.Guess(value.Text) : null) ?? "15s"}.");

    /// <summary>A size in bytes such as <c>512MiB</c>, <c>20GiB</c>.</summary>
    public long? Size(string name) => Find(name) is not { } value ? null
        : value.Kind == NodeKind.Text && SizeText.TryParse(value.Text, out var bytes) ? bytes
        : WrongValue<long>(name, value, "a size", $"Maybe {(value.IsScalar ? SizeText.Guess(value.Text) : null) ?? "20GiB"}.");

    public SettingsMap? Map(string name) => Find(name) is not { } value ? null
        : value.Kind == NodeKind.Map ? new SettingsMap(file, value, path.Field(name))
        : Wrong<SettingsMap>(name, value, "a map of fields", null);

    public IReadOnlyList<SettingsMap>? Maps(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.Kind != NodeKind.List) return Wrong<IReadOnlyList<SettingsMap>>(name, value, "a list", "Maybe begin each entry with a dash.");
        var maps = new List<SettingsMap>();
        for (var i = 0; i < value.Items.Length; i++)
        {
            var (item, at) = (value.Items[i], path.Field(name).Item(i));
            if (item.Kind == NodeKind.Map) maps.Add(new SettingsMap(file, item, at));
            else if (item.Kind != NodeKind.Refused) file.Add(at, item.Mark, $"{at}: {Words.Shown(item)} is not a map of fields.", null);
        }

        return maps;
    }

    public IReadOnlyList<string>? Texts(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.Kind != NodeKind.List) return Wrong<IReadOnlyList<string>>(name, value, "a list", value.Kind == NodeKind.Text ? $"Maybe [{Words.Shown(value.Text)}]." : null);
        var texts = new List<string>();
        for (var i = 0; i < value.Items.Length; i++)
        {
            var (item, at) = (value.Items[i], path.Field(name).Item(i));
            if (item.Kind == NodeKind.Text && TextChecks.ProblemOf(item.Text, multiline: false) is null) texts.Add(item.Text);
            else if (item.Kind != NodeKind.Refused) file.Add(at, item.Mark, $"{at}: {Words.Shown(item)} is not a text.", null);
        }

        return texts;
    }

    /// <summary>Refuses every field that was not read, with the nearest name.</summary>
    public void Done()
    {
        foreach (var field in node.Fields.Where(f => !known.Contains(f.Name, StringComparer.Ordinal)))
        {
            var hint = Nearest.Of(field.Name, known) is { } nearest ? $"Maybe {nearest}." : $"Maybe one of {string.Join(", ", known)}.";
            file.Add(path.Field(field.Name), field.Mark, $"{path.Field(field.Name)}: there is no such field.", hint);
        }
    }

    private SpecNode? Find(string name)
    {
        known.Add(name);
        if (node.Find(name)?.Value is not { } value || value.Kind == NodeKind.Refused) return null;
        if (value.Kind != NodeKind.Null) return value;
        file.Add(path.Field(name), value.Mark, $"{path.Field(name)} has no value.", "Maybe leave it out.");
        return null;
    }

    private T? Wrong<T>(string name, SpecNode value, string what, string? hint)
        where T : class
    {
        file.Add(path.Field(name), value.Mark, $"{path.Field(name)}: {Words.Shown(value)} is not {what}.", hint);
        return null;
    }

    private T? WrongValue<T>(string name, SpecNode value, string what, string? hint)
        where T : struct
    {
        file.Add(path.Field(name), value.Mark, $"{path.Field(name)}: {Words.Shown(value)} is not {what}.", hint);
        return null;
    }
}
