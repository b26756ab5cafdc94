using System.CommandLine;
using System.CommandLine.Completions;

namespace Lepton.Cli.Completion;

/// <summary>What can be typed behind a command, as completion scripts need it.</summary>
/// <param name="Path">Names from the root on, without it: <c>config set</c>; empty for the root.</param>
internal sealed record CommandWords(
    string Path, string Description, IReadOnlyList<CommandWords> Commands, IReadOnlyList<OptionWords> Options, IReadOnlyList<string> Values, bool TakesFiles)
{
    public string Name => Path[(Path.LastIndexOf(' ') + 1)..];

    /// <summary>This one and all below.</summary>
    public IEnumerable<CommandWords> All => Commands.SelectMany(c => c.All).Prepend(this);
}

/// <summary>An option: all its spellings, and what may follow.</summary>
internal sealed record OptionWords(IReadOnlyList<string> Names, string Description, bool TakesValue, IReadOnlyList<string> Values, bool TakesFiles);

/// <summary>Reads the words out of the commands themselves: what is added to them is completed without a word more.</summary>
internal static class CommandTree
{
    private static readonly string[] Folders = ["DIR", "FILE"];

    public static CommandWords Of(RootCommand root) => Of(root, "", []);

    private static CommandWords Of(Command command, string path, IReadOnlyList<OptionWords> inherited)
    {
        var own = command.Options.Where(o => !o.Hidden).Select(Of).ToList();
        var recursive = command.Options.Where(o => !o.Hidden && o.Recursive).Select(Of);
        var below = inherited.Concat(recursive).ToList();
        var arguments = command.Arguments.Where(a => !a.Hidden).ToList();
        return new CommandWords(
            path,
            command.Description ?? "",
            [.. command.Subcommands.Where(c => !c.Hidden).Select(c => Of(c, path.Length == 0 ? c.Name : $"{path} {c.Name}", below))],
            [.. own.Concat(inherited)],
            [.. arguments.SelectMany(a => a.GetCompletions(CompletionContext.Empty)).Select(c => c.Label)],
            arguments.Any(a => Folders.Contains(a.HelpName)));
    }

    private static OptionWords Of(Option option) => new(
        [.. option.Aliases.Prepend(option.Name).Where(IsTyped)],
        option.Description ?? "",
        option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool) && option is not System.CommandLine.Help.HelpOption and not VersionOption,
        option.ValueType == typeof(bool) ? [] : [.. option.GetCompletions(CompletionContext.Empty).Select(c => c.Label)],
        Folders.Contains(option.HelpName));

    /// <summary>The parser also takes <c>/?</c> and <c>/h</c>; nobody types them here.</summary>
    private static bool IsTyped(string name) => name.StartsWith('-') && name != "-?";
}
