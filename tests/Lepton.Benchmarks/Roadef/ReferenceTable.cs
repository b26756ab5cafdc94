namespace Lepton.Benchmarks.Roadef;

/// <summary>Published costs of the instances, from <c>reference.csv</c> beside them.</summary>
internal static class ReferenceTable
{
    private static readonly string[] Costs = ["s41_300s", "j33_300s", "j33_1200s", "verified_solution", "best_found_in_sources"];

    public static RoadefReference Of(string folder, string name)
    {
        var path = Path.Combine(folder, "reference.csv");
        if (!File.Exists(path)) return new RoadefReference(null, null);
        var lines = File.ReadAllLines(path);
        var header = Cells(lines[0]);
        var row = lines.Skip(1).Select(Cells).FirstOrDefault(c => c[0] == name);
        if (row is null) return new RoadefReference(null, null);
        var costs = Costs.Select(c => Number(row[header.IndexOf(c)])).Where(c => c is not null).ToList();
        return new RoadefReference(costs.Count == 0 ? null : costs.Min(), Number(row[header.IndexOf("lower_bound")]));
    }

    private static double? Number(string cell) => cell.Length == 0 ? null : double.Parse(cell);

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
