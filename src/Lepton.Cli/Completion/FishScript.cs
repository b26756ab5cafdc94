using System.Text;

namespace Lepton.Cli.Completion;

/// <summary>A completion script for fish: one line for each command and option.</summary>
internal static class FishScript
{
    public static string Of(CommandWords root)
    {
        var script = new StringBuilder(
            """
            # fish completion for lepton. Load it:  lepton completion fish | source
            complete -c lepton -f

            """);
        foreach (var command in root.All)
        {
            var here = Condition(command);
            foreach (var below in command.Commands) Line(script, here, $"-a {below.Name}", below.Description);
            if (command.Values.Count > 0) Line(script, here, $"-a '{string.Join(' ', command.Values)}'", "");
            if (command.TakesFiles) Line(script, here, "-F", "");
            foreach (var option in command.Options)
            {
                var names = string.Join(' ', option.Names.Select(n => n.StartsWith("--", StringComparison.Ordinal) ? $"-l {n[2..]}" : $"-s {n[1..]}"));
                var value = !option.TakesValue ? "" : option.Values.Count > 0 ? $" -x -a '{string.Join(' ', option.Values)}'" : option.TakesFiles ? " -r -F" : " -x";
                Line(script, here, names + value, option.Description);
            }
        }

        return script.ToString();
    }

    /// <summary>All names of the path were typed, and none of those below.</summary>
    private static string Condition(CommandWords command)
    {
        var seen = command.Path.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => $"__fish_seen_subcommand_from {name}").ToList();
        if (command.Commands.Count > 0) seen.Add($"not __fish_seen_subcommand_from {string.Join(' ', command.Commands.Select(c => c.Name))}");
        return string.Join("; and ", seen);
    }

    private static void Line(StringBuilder script, string condition, string what, string description)
    {
        script.Append("complete -c lepton");
        if (condition.Length > 0) script.Append(" -n '").Append(condition).Append('\'');
        script.Append(' ').Append(what);
        if (description.Length > 0) script.Append(" -d '").Append(description.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)).Append('\'');
        script.Append('\n');
    }
}
