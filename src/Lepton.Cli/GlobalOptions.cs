using System.CommandLine;
using Lepton.Cli.Output;

namespace Lepton.Cli;

/// <summary>Options that every command takes.</summary>
internal sealed class GlobalOptions
{
    private const string DefaultServer = "http://127.0.0.1:8080";

    public Option<string?> Output { get; } = new("--output", "-o")
    {
        Description = "How data is written: table, wide, json (the REST body), yaml or name.",
        HelpName = "FORMAT",
        Recursive = true,
    };

    public Option<string?> Server { get; } = new("--server")
    {
        Description = $"Address of any region's server. Default: LEPTON_SERVER, or {DefaultServer}.",
        HelpName = "URL",
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

    public IEnumerable<Option> All => [Output, Server, Timeout, Quiet, Verbose, NoColor];

    public GlobalOptions() => Output.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, Enum.GetNames<OutputKind>().Select(n => n.ToLowerInvariant()).ToArray());

    public OutputKind? OutputOf(ParseResult parsed) =>
        parsed.GetValue(Output) is { } text ? Enum.Parse<OutputKind>(text, ignoreCase: true) : null;

    public Uri ServerOf(ParseResult parsed, Func<string, string?> environment)
    {
        var (text, source) = parsed.GetValue(Server) is { } given ? (given, "--server")
            : environment("LEPTON_SERVER") is { Length: > 0 } set ? (set, "LEPTON_SERVER")
            : (DefaultServer, "default");
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri!
            : throw new UsageException($"{source} is '{text}', which is no address of a server.", $"Maybe {DefaultServer}.");
    }
}
