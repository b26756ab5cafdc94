using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lepton.Client.Wire;
using Spectre.Console;

namespace Lepton.Cli.Output;

/// <summary>Writes data the way it was asked for, and notes to stderr unless they are not wanted.</summary>
internal sealed class Printer(Terminal terminal, OutputKind? asked, OutputKind usual, bool quiet, bool colours, TimeProvider time)
{
    /// <summary>Null when the command line does not say.</summary>
    public OutputKind? Asked => asked;

    public OutputKind Kind => asked ?? usual;

    public bool Wide => Kind == OutputKind.Wide;

    /// <summary>True when the output is for a person and not for a program.</summary>
    public bool ForPeople => Kind is OutputKind.Table or OutputKind.Wide;

    /// <summary>One value in whatever form was asked: the REST body as JSON or YAML, its ids, or what <paramref name="table"/> draws.</summary>
    public void Data<T>(T value, JsonTypeInfo<T> type, Func<T, IEnumerable<string>> names, Action<T> table)
    {
        switch (Kind)
        {
            case OutputKind.Json:
                terminal.Out.WriteLine(JsonSerializer.Serialize(value, type));
                break;
            case OutputKind.Yaml:
                terminal.Out.Write(JsonToYaml.Convert(JsonSerializer.SerializeToElement(value, type)));
                break;
            case OutputKind.Name:
                foreach (var name in names(value)) terminal.Out.WriteLine(name);
                break;
            default:
                table(value);
                break;
        }
    }

    public void Table(Grid grid)
    {
        if (terminal.IsTerminal) RichGrid.ConsoleFor(terminal, colours).Write(RichGrid.Of(grid));
        else grid.WritePlain(terminal.Out);
    }

    /// <summary>A line that begins with a level, in its colour where colours are wanted.</summary>
    public void Line(string level, string text) => terminal.Out.WriteLine(Coloured(level.PadRight(4), level) + Harmless.Text(text));

    public void Line(string text) => terminal.Out.WriteLine(Harmless.Text(text));

    /// <summary>Progress and remarks, never data.</summary>
    public void Note(string text)
    {
        if (quiet) return;
        // On a terminal both come out in the order in which they were written.
        terminal.Out.Flush();
        terminal.Error.WriteLine(Harmless.Text(text));
    }

    /// <summary>What a list leaves out, and how to see it.</summary>
    public void Rest<T>(Page<T> page, string what)
    {
        if (page.Missing is { IsDefaultOrEmpty: false } missing)
        {
            foreach (var region in missing)
            {
                var heard = region.LastHeardAt is { } at ? $"; last heard {Words.Span(time.GetUtcNow() - at)} ago" : "";
                Note($"{region.Region} is missing: {region.Why}{heard}");
            }
        }

        if (page.NextCursor is not null) Note(FormattableString.Invariant($"{page.Items.Length:N0} of {page.Total:N0} {what} shown; next: --cursor {page.NextCursor}"));
        else if (page.Total == 0) Note($"no {what}");
    }

    private string Coloured(string text, string level) => !colours ? text : level switch
    {
        "ok" => $"\e[32m{text}\e[0m",
        "warn" => $"\e[33m{text}\e[0m",
        _ => $"\e[31m{text}\e[0m",
    };
}
