using System.Runtime.InteropServices;

namespace Lepton.Benchmarks;

/// <summary>CPU time of the calling thread: what a measured loop costs, whatever else runs on the machine.</summary>
internal static partial class ThreadTime
{
    private const int ThreadCpuClock = 3;

    public static double Seconds() =>
        Read(ThreadCpuClock, out var time) == 0 ? time.Seconds + (time.Nanoseconds * 1e-9) : throw new InvalidOperationException("The clock of this thread cannot be read.");

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int Read(int clock, out Time time);

    private record struct Time(long Seconds, long Nanoseconds);
}
