using System.CommandLine;
using Lepton.Cli.Output;

namespace Lepton.Cli.Settings;

/// <summary>The settings of one call: flag before environment before file before default.</summary>
internal sealed class SettingsOfCall(GlobalOptions globals, ParseResult parsed, Func<string, string?> environment)
{
    private (CliSettings File, ContextSettings Context)? _read;

    /// <summary>How data is written when the command line does not say.</summary>
    /// <exception cref="UsageException">The file is wrong.</exception>
    public OutputKind Output => Enum.Parse<OutputKind>(Effective.Output(parsed, globals, () => Read.Context, Read.File.File).Value, ignoreCase: true);

    /// <exception cref="UsageException">No address, or the file is wrong.</exception>
    public Uri Server
    {
        get
        {
            var server = Effective.Server(parsed, globals, environment, () => Read.Context, CliSettings.PathOf(environment) ?? "");
            return ServerAddress.IsOne(server.Value)
                ? new Uri(server.Value)
                : throw new UsageException($"{server.Source} is '{server.Value}', which is no address of a server.", $"Maybe {ServerAddress.Default}.");
        }
    }

    private (CliSettings File, ContextSettings Context) Read
    {
        get
        {
            if (_read is { } known) return known;
            var file = CliSettings.Load(environment);
            // Who makes a context names one that is not there yet.
            var isConfig = parsed.CommandResult.Command.Parents.Any(p => p.Name == "config");
            var name = isConfig ? parsed.GetValue(globals.Context) ?? file.Current : Effective.Context(parsed, globals, environment, file).Value;
            _read = (file, file.Of(name));
            return _read.Value;
        }
    }
}
