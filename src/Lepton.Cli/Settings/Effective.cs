using System.CommandLine;
using Lepton.Cli.Output;
using Lepton.Specs;

namespace Lepton.Cli.Settings;

/// <summary>A setting as it holds for this call, and who said so.</summary>
internal sealed record Effective(string Key, string Value, string Source)
{
    public const string FromDefault = "default";

    /// <summary>The context of this call: <c>--context</c>, else LEPTON_CONTEXT, else the file's current one.</summary>
    /// <exception cref="UsageException">A context was named that the file does not have.</exception>
    public static Effective Context(ParseResult parsed, GlobalOptions globals, Func<string, string?> environment, CliSettings settings)
    {
        var found = parsed.GetValue(globals.Context) is { } given ? new Effective("context", given, "--context")
            : environment("LEPTON_CONTEXT") is { Length: > 0 } set ? new Effective("context", set, "LEPTON_CONTEXT")
            : new Effective("context", settings.Current, settings.Current == CliSettings.DefaultContext && !settings.Contexts.ContainsKey(CliSettings.DefaultContext) ? FromDefault : settings.File);
        if (settings.Contexts.ContainsKey(found.Value) || found.Source == FromDefault) return found;
        var hint = SettingsText.NearestOf(found.Value, settings.Contexts.Keys) is { } nearest
            ? $"Maybe {nearest}."
            : $"Maybe make it: lepton config set server {ServerAddress.Default} --context {found.Value}.";
        throw new UsageException($"{found.Source} names the context '{found.Value}', which {(settings.File.Length > 0 ? $"{settings.File} does not have" : "no configuration file has: neither XDG_CONFIG_HOME nor HOME is set")}.", hint);
    }

    public static Effective Server(ParseResult parsed, GlobalOptions globals, Func<string, string?> environment, Func<ContextSettings> context, string file)
    {
        if (parsed.GetValue(globals.Server) is { } given) return new("server", given, "--server");
        if (environment("LEPTON_SERVER") is { Length: > 0 } set) return new("server", set, "LEPTON_SERVER");
        return context().Server is { } kept ? new("server", kept, file) : new("server", ServerAddress.Default, FromDefault);
    }

    public static Effective Output(ParseResult parsed, GlobalOptions globals, Func<ContextSettings> context, string file)
    {
        if (parsed.GetValue(globals.Output) is { } given) return new("output", given.ToLowerInvariant(), "--output");
        return context().Output is { } kept ? new("output", kept, file) : new("output", nameof(OutputKind.Table).ToLowerInvariant(), FromDefault);
    }
}
