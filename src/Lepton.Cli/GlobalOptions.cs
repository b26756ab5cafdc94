using System.CommandLine;
using Lepton.Cli.Output;
using Lepton.Cli.Settings;

namespace Lepton.Cli;

/// <summary>Options that every command takes.</summary>
internal sealed class GlobalOptions
{
    public Option<string?> Output { get; } = new("--output", "-o")
    {
        Description = "How data is written: table, wide, json (the REST body), yaml or name.",
        HelpName = "FORMAT",
        Recursive = true,
    };

    public Option<string?> Server { get; } = new("--server")
    {
        Description = $"Address of any region's server. Default: LEPTON_SERVER, the context, or {ServerAddress.Default}.",
        HelpName = "URL",
        Recursive = true,
    };

    public Option<string?> Context { get; } = new("--context")
    {
        Description = "Settings of this context, from `lepton config`. Default: LEPTON_CONTEXT, or the current one.",
        HelpName = "NAME",
        Recursive = true,
    };

    public Option<bool> NoColor { get; } = new("--no-color") { Description = "No colours, even on a terminal (also: NO_COLOR).", Recursive = true };

    public Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "No notes, only data and errors.", Recursive = true };

    public Option<bool> Verbose { get; } = new("--verbose", "-v") { Description = "More about errors: code and trace id.", Recursive = true };

    public Option<TimeSpan?> Timeout { get; } = new("--timeout")
    {
        Description = "Give up after this time, e.g. 30s, 5m, 1h30m.",
        HelpName = "TIME",
        Recursive = true,
        CustomParser = Durations.Parse,
    };

    public IEnumerable<Option> All => [Output, Server, Context, Timeout, Quiet, Verbose, NoColor];

    public GlobalOptions() => Output.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, Enum.GetNames<OutputKind>().Select(n => n.ToLowerInvariant()).ToArray());

    public OutputKind? OutputOf(ParseResult parsed) =>
        parsed.GetValue(Output) is { } text ? Enum.Parse<OutputKind>(text, ignoreCase: true) : null;

    /// <summary>What the user said on the command line or keeps in a file; the file is read when it is first needed.</summary>
    public SettingsOfCall SettingsOf(ParseResult parsed, Func<string, string?> environment) => new(this, parsed, environment);
}
