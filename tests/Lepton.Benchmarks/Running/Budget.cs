using System.Diagnostics;

namespace Lepton.Benchmarks.Running;

/// <summary>
/// How long a pass may run: wall seconds, or processor seconds per thread on a machine that others use as well.
/// </summary>
internal sealed class Budget(double seconds, int threads, bool processor)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TimeSpan _processorStart = ProcessorTime();

    public double Seconds => seconds;

    public int Threads => threads;

    public double Elapsed => processor
        ? (ProcessorTime() - _processorStart).TotalSeconds / threads
        : Stopwatch.GetElapsedTime(_start).TotalSeconds;

    public double Share => Math.Min(1, Elapsed / seconds);

    private static TimeSpan ProcessorTime()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime;
    }
}
