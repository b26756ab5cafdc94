using Spectre.Console;
using Spectre.Console.Rendering;

namespace Lepton.Cli.Output;

/// <summary>A table as a person sees it on a terminal: fitted to its width, states in colour (and always in words too).</summary>
internal static class RichGrid
{
    public static IAnsiConsole ConsoleFor(Terminal terminal, bool colours)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(terminal.Out),
            Ansi = AnsiSupport.Yes,
            ColorSystem = colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = terminal.Width;
        return console;
    }

    public static IRenderable Of(Grid grid)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var column in grid.Columns)
        {
            var header = new TableColumn(new Text(column, new Style(decoration: Decoration.Bold)));
            if (column is "ID" or "STATE" or "REGION" or "NODE" or "AGE") header.NoWrap();
            table.AddColumn(header);
        }

        foreach (var row in grid.Rows) table.AddRow(row.Select((cell, i) => new Text(cell, StyleOf(grid.Columns[i], cell))));
        return table;
    }

    private static Style StyleOf(string column, string cell) => (column, cell) switch
    {
        ("STATE", "Succeeded" or "Ready") => new Style(Color.Green),
        ("STATE", "Failed" or "TimedOut" or "Rejected" or "Lost" or "Unreachable") => new Style(Color.Red),
        ("STATE", "Pending" or "Suspect" or "Stopping" or "Cancelling" or "NoNodes") => new Style(Color.Yellow),
        ("STATE", "Running" or "Starting" or "Active") => new Style(Color.Blue),
        ("REASON", not "-") => new Style(Color.Yellow),
        _ => Style.Plain,
    };
}
