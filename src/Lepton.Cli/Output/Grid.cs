namespace Lepton.Cli.Output;

/// <summary>A table before it is known how it will be drawn. Cells are plain text.</summary>
internal sealed class Grid(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    public IReadOnlyList<string> Columns => columns;

    public IReadOnlyList<string[]> Rows => _rows;

    /// <summary>A row; null shows as a dash.</summary>
    public Grid Add(params string?[] cells)
    {
        if (cells.Length != columns.Length) throw new ArgumentException($"{cells.Length} cells for {columns.Length} columns.", nameof(cells));
        _rows.Add([.. cells.Select(c => string.IsNullOrEmpty(c) ? "-" : OneLine(c))]);
        return this;
    }

    /// <summary>Columns padded to their widest cell, two blanks between them, whatever the width of the screen.</summary>
    public void WritePlain(TextWriter writer)
    {
        var widths = columns.Select((c, i) => _rows.Select(r => r[i].Length).Append(c.Length).Max()).ToArray();
        foreach (var row in _rows.Prepend(columns))
        {
            for (var i = 0; i < row.Length; i++) writer.Write(i == row.Length - 1 ? row[i] : row[i].PadRight(widths[i] + 2));
            writer.WriteLine();
        }
    }

    /// <summary>A message of a task may hold line breaks, or sequences that would steer the terminal.</summary>
    private static string OneLine(string text) => Harmless.Text(text.Any(char.IsControl) ? new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]) : text);
}
