using Lepton.Sample.Data;

namespace Lepton.Sample.Commands;

/// <summary>`deal`: makes the three regional shards out of the published pod list.</summary>
internal static class DealCommand
{
    public static void Run(IReadOnlyList<string> args, TextWriter output)
    {
        var options = Options.Parse(args, "input", "out");
        var rows = PodFile.Read(options.ExistingFile("input"));
        var folder = Directory.CreateDirectory(options.One("out")).FullName;
        var dealt = Dealer.Deal(rows);
        foreach (var (region, shard) in dealt)
        {
            var path = Path.Combine(folder, region + PodFile.Extension);
            PodFile.Write(path, shard);
            output.WriteLine($"{region}: {shard.Count} rows -> {path}");
        }
        var kept = dealt.Sum(shard => shard.Rows.Count);
        output.WriteLine($"{rows.Count - kept} of {rows.Count} rows left out: no GPU, never scheduled, or cut off by an end of the trace");
    }
}
