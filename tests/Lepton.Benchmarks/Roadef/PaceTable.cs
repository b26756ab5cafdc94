namespace Lepton.Benchmarks.Roadef;

/// <summary>
/// Moves one thread made in a second of processor time on each instance, from <c>pace.csv</c> beside the program: seconds turned into moves by it give the
/// same result on every machine, however busy.
/// </summary>
/// <remarks>Measured on 2 cores of an AMD EPYC that others used as well: a quiet machine makes more moves in the same time.</remarks>
internal static class PaceTable
{
    public static long Moves(string instance, double seconds, int threads)
    {
        var row = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "pace.csv")).Skip(1).Select(l => l.Split(',')).FirstOrDefault(r => r[0] == instance)
            ?? throw new UsageException($"pace.csv has no pace for {instance}. Maybe run it with --clock wall or processor, or with --moves.");
        return (long)(double.Parse(row[1]) * seconds * threads);
    }
}
