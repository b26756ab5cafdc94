using System.CommandLine;
using System.Text.RegularExpressions;
using Lepton.Specs;

namespace Lepton.Cli.Output;

/// <summary>What is wrong with a command line, each in one line: what was typed, and what was meant or is known.</summary>
internal static partial class ParseErrors
{
    private const int MostListed = 8;

    public static IEnumerable<string> Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var unknown = Unknown(parsed.UnmatchedTokens).ToList();
        foreach (var token in unknown) yield return Unknown(command, token);
        foreach (var error in parsed.Errors)
        {
            // The library tells of each unknown word once more, and that a command is missing where an unknown one stands.
            if (unknown.Count > 0 && ReferenceEquals(error.SymbolResult, parsed.CommandResult)) continue;
            var message = Lines().Replace(error.Message, " ").Trim();
            if (error.SymbolResult is System.CommandLine.Parsing.CommandResult && command.Subcommands.Count > 0) yield return $"A command is missing. {Known(command)}";
            else yield return message;
        }
    }

    public static string PathOf(Command command) => string.Join(' ', Names(command).Reverse());

    /// <summary>What follows an unknown option is most likely its value, and says nothing new.</summary>
    private static IEnumerable<string> Unknown(IReadOnlyList<string> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            var afterOption = i > 0 && tokens[i - 1].StartsWith('-') && !tokens[i].StartsWith('-');
            if (!afterOption) yield return tokens[i];
        }
    }

    private static string Unknown(Command command, string token)
    {
        if (token.StartsWith('-')) return $"{PathOf(command)} has no option '{token}'.{Meant(token, Options(command))}";
        if (command.Subcommands.Count == 0) return $"{PathOf(command)} takes no further argument '{token}'.";
        var meant = Meant(token, command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name));
        return $"{PathOf(command)} has no command '{token}'.{(meant.Length > 0 ? meant : $" {Known(command)}")}";
    }

    private static string Meant(string token, IEnumerable<string> known) => SettingsText.NearestOf(token, known) is { } nearest ? $" Maybe {nearest}." : "";

    private static string Known(Command command)
    {
        var names = command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name).ToList();
        return $"Maybe one of {string.Join(", ", names.Take(MostListed))}{(names.Count > MostListed ? ", ..." : "")}.";
    }

    /// <summary>Its own, and those that the commands above hand down.</summary>
    private static IEnumerable<string> Options(Command command)
    {
        var own = command.Options.Where(o => !o.Hidden);
        var inherited = Above(command).Skip(1).SelectMany(c => c.Options).Where(o => o.Recursive && !o.Hidden);
        return own.Concat(inherited).SelectMany(o => o.Aliases.Prepend(o.Name)).Where(n => n.StartsWith("--", StringComparison.Ordinal));
    }

    private static IEnumerable<Command> Above(Command command)
    {
        for (var at = command; at is not null; at = at.Parents.OfType<Command>().FirstOrDefault()) yield return at;
    }

    private static IEnumerable<string> Names(Command command) => Above(command).Select(c => c is RootCommand ? "lepton" : c.Name);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Lines();
}
