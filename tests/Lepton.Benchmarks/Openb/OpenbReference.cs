namespace Lepton.Benchmarks.Openb;

/// <summary>The published mean over ten seeds, for the lists and policies that were published.</summary>
internal static class OpenbReference
{
    public static double? AllocatedAtFull(string folder, string list, string policy)
    {
        var file = Path.Combine(folder, "expected", "summary.csv");
        var name = policy switch
        {
            "random" => "Random",
            "dotprod" => "DotProd",
            "clustering" => "GpuClustering",
            "packing" => "GpuPacking",
            "bestfit" => "BestFit",
            "fgd" => "FGD",
            _ => null,
        };
        if (name is null || !File.Exists(file)) return null;
        var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith($"{list},{name},100,", StringComparison.Ordinal));
        return line is null ? null : double.Parse(line.Split(',')[4]);
    }
}
