using System.Text;

namespace Lepton.Cli.Completion;

/// <summary>A completion script for zsh, with the descriptions of commands and options.</summary>
internal static class ZshScript
{
    public static string Of(CommandWords root)
    {
        var script = new StringBuilder();
        script.Append(
            """
            #compdef lepton
            # zsh completion for lepton. Load it:  source <(lepton completion zsh)
            _lepton() {
              local at="" i cur="${words[CURRENT]}" prev="${words[CURRENT-1]}" files=""
              local -a found options
              for ((i = 2; i < CURRENT; i++)); do
                case "${words[i]}" in

            """);
        var options = root.All.SelectMany(c => c.Options).ToList();
        script.Append("      ").Append(Alternatives(options.Where(o => o.TakesValue).SelectMany(o => o.Names))).Append(") ((i++)) ;;\n");
        script.Append("      -*) ;;\n      *)\n        case \"$at ${words[i]}\" in\n          ");
        script.Append(Alternatives(root.All.Where(c => c.Path.Length > 0).Select(c => $"\" {c.Path}\""))).Append(") at=\"$at ${words[i]}\" ;;\n");
        script.Append("        esac ;;\n    esac\n  done\n  case \"$prev\" in\n");
        foreach (var option in options.Where(o => o.Values.Count > 0).DistinctBy(o => o.Names[0]))
        {
            script.Append("    ").Append(Alternatives(option.Names)).Append(") compadd -- ").AppendJoin(' ', option.Values).Append("; return ;;\n");
        }

        if (Alternatives(options.Where(o => o.TakesFiles).SelectMany(o => o.Names)) is { Length: > 0 } files) script.Append("    ").Append(files).Append(") _files; return ;;\n");
        var plain = Alternatives(options.Where(o => o.TakesValue && o.Values.Count == 0 && !o.TakesFiles).SelectMany(o => o.Names));
        if (plain.Length > 0) script.Append("    ").Append(plain).Append(") return ;;\n");
        script.Append("  esac\n  case \"$at\" in\n");
        foreach (var command in root.All)
        {
            script.Append("    \"").Append(command.Path.Length == 0 ? "" : $" {command.Path}").Append("\")\n      found=(")
                .AppendJoin(' ', command.Commands.Select(c => Described(c.Name, c.Description)).Concat(command.Values.Select(v => Described(v, ""))))
                .Append(")\n      options=(").AppendJoin(' ', command.Options.SelectMany(o => o.Names.Select(n => Described(n, o.Description)))).Append(')')
                .Append(command.TakesFiles ? "\n      files=1 ;;\n" : " ;;\n");
        }

        script.Append(
            """
              esac
              if [[ "$cur" == -* ]]; then _describe option options; return; fi
              (( ${#found} )) && _describe command found
              [[ -n "$files" ]] && _files
            }
            compdef _lepton lepton

            """);
        return script.ToString();
    }

    private static string Alternatives(IEnumerable<string> words) => string.Join('|', words.Distinct());

    /// <summary>name:description in single quotes; a colon in the name would end it.</summary>
    private static string Described(string name, string description) =>
        $"'{name.Replace(":", "\\:", StringComparison.Ordinal)}{(description.Length > 0 ? ":" + description.Replace("'", "'\\''", StringComparison.Ordinal) : "")}'";
}
