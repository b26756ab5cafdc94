using System.Text;

namespace Lepton.Cli.Completion;

/// <summary>A completion script for bash. It holds all the words: nothing is started when the tab key is pressed.</summary>
internal static class BashScript
{
    public static string Of(CommandWords root)
    {
        var script = new StringBuilder();
        script.Append(
            """
            # bash completion for lepton. Load it:  source <(lepton completion bash)
            _lepton() {
              local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" path="" words="" options="" files="" i
              COMPREPLY=()
              for ((i = 1; i < COMP_CWORD; i++)); do
                case "${COMP_WORDS[i]}" in

            """);
        var options = root.All.SelectMany(c => c.Options).ToList();
        script.Append("      ").Append(Alternatives(options.Where(o => o.TakesValue).SelectMany(o => o.Names))).Append(") ((i++)) ;;\n");
        script.Append("      -*) ;;\n      *)\n        case \"$path ${COMP_WORDS[i]}\" in\n          ");
        script.Append(Alternatives(root.All.Where(c => c.Path.Length > 0).Select(c => $"\" {c.Path}\""))).Append(") path=\"$path ${COMP_WORDS[i]}\" ;;\n");
        script.Append("        esac ;;\n    esac\n  done\n  case \"$prev\" in\n");
        foreach (var option in options.Where(o => o.Values.Count > 0).DistinctBy(o => o.Names[0]))
        {
            script.Append("    ").Append(Alternatives(option.Names)).Append(") COMPREPLY=($(compgen -W \"").AppendJoin(' ', option.Values).Append("\" -- \"$cur\")); return ;;\n");
        }

        AddPlain(script, options.Where(o => o.TakesFiles), "COMPREPLY=($(compgen -f -- \"$cur\")); compopt -o filenames 2>/dev/null; return");
        AddPlain(script, options.Where(o => o.TakesValue && o.Values.Count == 0 && !o.TakesFiles), "return");
        script.Append("  esac\n  case \"$path\" in\n");
        foreach (var command in root.All)
        {
            script.Append("    \"").Append(command.Path.Length == 0 ? "" : $" {command.Path}").Append("\") words=\"")
                .AppendJoin(' ', command.Commands.Select(c => c.Name).Concat(command.Values))
                .Append("\"; options=\"").AppendJoin(' ', command.Options.SelectMany(o => o.Names)).Append('"')
                .Append(command.TakesFiles ? "; files=1 ;;\n" : " ;;\n");
        }

        script.Append(
            """
              esac
              [[ "$cur" == -* ]] && words="$options"
              COMPREPLY=($(compgen -W "$words" -- "$cur"))
              if [[ -n "$files" && "$cur" != -* ]]; then COMPREPLY+=($(compgen -f -- "$cur")); compopt -o filenames 2>/dev/null; fi
            }
            complete -F _lepton lepton

            """);
        return script.ToString();
    }

    private static void AddPlain(StringBuilder script, IEnumerable<OptionWords> options, string action)
    {
        if (Alternatives(options.SelectMany(o => o.Names)) is { Length: > 0 } names) script.Append("    ").Append(names).Append(") ").Append(action).Append(" ;;\n");
    }

    private static string Alternatives(IEnumerable<string> words) => string.Join('|', words.Distinct());
}
