using System.Globalization;

namespace Lepton.Benchmarks.Roadef;

/// <summary>Published costs of the instances, from <c>reference.csv</c> beside them; an instance or a column that is missing there has none.</summary>
internal static class ReferenceTable
{
    private static readonly string[] Costs = ["s41_300s", "j33_300s", "j33_1200s", "verified_solution", "best_found_in_sources"];

    public static RoadefReference Of(string folder, string name)
    {
        var path = Path.Combine(folder, "reference.csv");
        if (!File.Exists(path)) return new RoadefReference(null, null);
        var lines = File.ReadAllLines(path);
        var header = lines.Length > 0 ? Cells(lines[0]) : [];
        for (var line = 1; line < lines.Length; line++)
        {
            var cells = Cells(lines[line]);
            if (cells[0] != name) continue;
            var costs = Costs.Select(c => Number(path, line, header, cells, c)).Where(c => c is not null).ToList();
            return new RoadefReference(costs.Count == 0 ? null : costs.Min(), Number(path, line, header, cells, "lower_bound"));
        }

        return new RoadefReference(null, null);
    }

    private static double? Number(string path, int line, List<string> header, List<string> cells, string column)
    {
        var index = header.IndexOf(column);
        if (index < 0 || index >= cells.Count || cells[index].Length == 0) return null;
        return double.TryParse(cells[index], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new InvalidDataException($"{path}({line + 1}): {column} is '{cells[index]}', which is no number. Maybe leave the cell empty.");
    }

    private static List<string> Cells(string line)
    {
        var cells = new List<string> { "" };
        var quoted = false;
        foreach (var c in line)
        {
            if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted) cells.Add("");
            else cells[^1] += c;
        }

        return cells;
    }
}
