using Lepton.Cli.Output;
using Lepton.Specs;

namespace Lepton.Cli.Settings;

/// <summary>What a person has set for a context: which server, how data is written.</summary>
internal sealed record ContextSettings(string? Server = null, string? Output = null)
{
    public static readonly IReadOnlyList<string> Keys = ["server", "output"];

    public bool IsEmpty => Server is null && Output is null;

    public string? this[string key] => key == "server" ? Server : Output;

    public ContextSettings With(string key, string? value) => key == "server" ? this with { Server = value } : this with { Output = value };
}

/// <summary>The user's own configuration file: named contexts, one of them current.</summary>
internal sealed record CliSettings(string File, string Current, IReadOnlyDictionary<string, ContextSettings> Contexts)
{
    public const string DefaultContext = "default";

    private const int LongestName = 63;

    /// <summary><c>$XDG_CONFIG_HOME/lepton/config.yaml</c>, else under <c>~/.config</c>; null where neither is known.</summary>
    public static string? PathOf(Func<string, string?> environment) =>
        environment("XDG_CONFIG_HOME") is { Length: > 0 } folder && Path.IsPathRooted(folder) ? Path.Combine(folder, "lepton", "config.yaml")
        : environment("HOME") is { Length: > 0 } home ? Path.Combine(home, ".config", "lepton", "config.yaml")
        : null;

    /// <summary>The file, or nothing at all set where there is none.</summary>
    /// <exception cref="UsageException">It is there and wrong, or cannot be read.</exception>
    public static CliSettings Load(Func<string, string?> environment)
    {
        var path = PathOf(environment);
        if (path is null || !System.IO.File.Exists(path)) return new CliSettings(path ?? "", DefaultContext, new Dictionary<string, ContextSettings>());
        SettingsFile file;
        try
        {
            file = SettingsFile.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{path}' cannot be read: {e.Message}", "Maybe correct its permissions, or remove it.");
        }

        var current = file.Root?.Text("current") ?? DefaultContext;
        var contexts = new Dictionary<string, ContextSettings>(StringComparer.Ordinal);
        if (file.Root?.Map("contexts") is { } maps)
        {
            foreach (var name in maps.Names) contexts[name] = Context(file, maps, name);
        }

        file.Root?.Done();
        return file.Errors.IsEmpty
            ? new CliSettings(path, current, contexts)
            : throw new UsageException(string.Join($"{Environment.NewLine}       ", file.Errors), "Correct the file, or remove it and set the values anew.");
    }

    /// <summary>Writes the whole file; whoever reads it meanwhile sees the old one or the new one.</summary>
    public void Save()
    {
        if (File.Length == 0) throw new UsageException("There is no folder for the configuration: neither XDG_CONFIG_HOME nor HOME is set.", "Maybe set HOME.");
        var lines = new List<string> { $"current: {Quoted(Current)}", "contexts:" };
        foreach (var (name, context) in Contexts.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            lines.Add(context.IsEmpty ? $"  {Quoted(name)}: {{}}" : $"  {Quoted(name)}:");
            lines.AddRange(ContextSettings.Keys.Where(k => context[k] is not null).Select(k => $"    {k}: {Quoted(context[k]!)}"));
        }

        if (Contexts.Count == 0) lines[^1] += " {}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(File)!);
            System.IO.File.WriteAllLines(File + ".new", lines);
            System.IO.File.Move(File + ".new", File, overwrite: true);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UsageException($"'{File}' cannot be written: {e.Message}", "Maybe correct the permissions of its folder.");
        }
    }

    public CliSettings With(string context, ContextSettings settings) =>
        this with { Contexts = new Dictionary<string, ContextSettings>(Contexts, StringComparer.Ordinal) { [context] = settings } };

    public ContextSettings Of(string context) => Contexts.GetValueOrDefault(context) ?? new ContextSettings();

    /// <exception cref="UsageException">Not a name.</exception>
    public static string Named(string context) =>
        context.Length is > 0 and <= LongestName && context.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? context
            : throw new UsageException($"'{context}' is no name of a context.", $"Use up to {LongestName} letters, digits, '-', '_' and '.'.");

    /// <summary>A value as it is kept.</summary>
    /// <exception cref="UsageException">No such key, or not a value of it.</exception>
    public static string Checked(string key, string value) => Key(key) switch
    {
        "server" => ServerAddress.IsOne(value)
            ? value
            : throw new UsageException($"server is '{value}', which is no address of a server.", $"Maybe {ServerAddress.Default}."),
        _ => Enum.TryParse<OutputKind>(value, ignoreCase: true, out var kind) && !int.TryParse(value, out _)
            ? kind.ToString().ToLowerInvariant()
            : throw new UsageException($"output is '{value}'.", $"Maybe one of {string.Join(", ", OutputKinds)}."),
    };

    /// <exception cref="UsageException">No such key.</exception>
    public static string Key(string key) => ContextSettings.Keys.Contains(key)
        ? key
        : throw new UsageException($"There is no setting '{key}'.", SettingsText.NearestOf(key, ContextSettings.Keys) is { } nearest ? $"Maybe {nearest}." : $"Maybe one of {string.Join(", ", ContextSettings.Keys)}.");

    public static IEnumerable<string> OutputKinds => Enum.GetNames<OutputKind>().Select(n => n.ToLowerInvariant());

    private static ContextSettings Context(SettingsFile file, SettingsMap maps, string name)
    {
        if (maps.Map(name) is not { } map) return new ContextSettings();
        var context = new ContextSettings(map.Text("server"), map.Text("output"));
        map.Done();
        foreach (var key in ContextSettings.Keys.Where(k => context[k] is not null))
        {
            try
            {
                Checked(key, context[key]!);
            }
            catch (UsageException wrong)
            {
                file.Add($"contexts.{name}.{key}", wrong.Message, wrong.Hint);
            }
        }

        return context;
    }

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
