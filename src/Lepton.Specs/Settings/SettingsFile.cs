using System.Collections.Immutable;

namespace Lepton.Specs;

/// <summary>
/// A configuration file in YAML or JSON, by the same strict trees as specs: what is wrong is kept with its line and column, so that nobody
/// repairs a file one error at a time.
/// </summary>
public sealed class SettingsFile
{
    private readonly ErrorList errors;
    private readonly Dictionary<string, SpecMark> marks = new(StringComparer.Ordinal);

    private SettingsFile(string name, SpecNode? root, ErrorList errors)
    {
        Name = name;
        this.errors = errors;
        if (root is null) return;
        if (root.Kind != NodeKind.Map) errors.Add(SpecPath.Root, root.Mark, $"{Words.Shown(root)} is not a map of fields.", "Maybe write name: value.");
        Mark(root, SpecPath.Root);
        Root = new SettingsMap(this, root, SpecPath.Root);
    }

    /// <summary>What the file is called in messages.</summary>
    public string Name { get; }

    /// <summary>Null when the text is neither YAML nor JSON.</summary>
    public SettingsMap? Root { get; }

    /// <summary>Everything that is wrong so far, as <c>file:line:column: what, and what to do</c>, in the order of the text.</summary>
    public ImmutableArray<string> Errors => [.. errors.ToImmutable().Select(Line)];

    /// <param name="text">JSON where the name ends so or the text begins with a brace (comments are fine), else YAML.</param>
    public static SettingsFile Parse(string text, string name)
    {
        var errors = new ErrorList();
        if (string.IsNullOrWhiteSpace(text))
        {
            errors.Add(SpecPath.Root, default, "The file is empty.", "Maybe it was cut short.");
            return new SettingsFile(name, null, errors);
        }

        if (!TextChecks.Pass(text, errors)) return new SettingsFile(name, null, errors);
        var root = IsJson(text, name) ? JsonTree.Parse(text, errors, relaxed: true) : YamlTree.Parse(text, errors);
        return new SettingsFile(name, root, errors);
    }

    /// <summary>Reads and parses a file; bytes that are not UTF-8 are an error with their place.</summary>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static SettingsFile Read(string path)
    {
        var errors = new ErrorList();
        return TextChecks.Decode(File.ReadAllBytes(path), errors) is { } text ? Parse(text, path) : new SettingsFile(path, null, errors);
    }

    /// <summary>True where something at the path, below it or on the way to it is wrong already.</summary>
    public bool IsWrong(string path) => errors.Touches(PathOf(path));

    /// <summary>Adds what a later check found wrong; it is placed at the field, or at the nearest one around it.</summary>
    public void Add(string path, string message, string? hint = null)
    {
        var place = path;
        while (place.Length > 0 && !marks.ContainsKey(place)) place = place[..Math.Max(0, place.LastIndexOfAny(['.', '[']))];
        errors.Add(PathOf(path), marks.GetValueOrDefault(place), message, hint);
    }

    internal void Add(SpecPath path, SpecMark mark, string message, string? hint) => errors.Add(path, mark, message, hint);

    private string Line(SpecError error)
    {
        var text = error.Hint is null ? error.Message : $"{error.Message} {error.Hint}";
        return error.Line > 0 ? $"{Name}:{error.Line}:{error.Column}: {text}" : $"{Name}: {text}";
    }

    private void Mark(SpecNode node, SpecPath path)
    {
        marks[path.ToString()] = node.Mark;
        foreach (var field in node.Fields) Mark(field.Value, path.Field(field.Name));
        for (var i = 0; i < node.Items.Length; i++) Mark(node.Items[i], path.Item(i));
    }

    /// <summary>Paths of checks are written by programs: names and indexes, nothing else.</summary>
    private static SpecPath PathOf(string path) => path.Length == 0 ? SpecPath.Root : SpecPath.Root.Field(path);

    private static bool IsJson(string text, string name) =>
        name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
        || (!name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) && !name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase)
            && text.AsSpan().TrimStart().StartsWith("{"));
}
