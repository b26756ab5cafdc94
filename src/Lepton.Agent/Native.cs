using System.Runtime.InteropServices;

namespace Lepton.Agent;

/// <summary>The few calls of the C library that .NET does not offer. Linux only.</summary>
internal static partial class Native
{
    public const int SigTerm = 15;
    public const int SigKill = 9;
    public const int SigCont = 18;

    private const long PidfdSendSignalCall = 424;
    private const long PidfdOpenCall = 434;
    private const long CloseRangeCall = 436;
    private const long CloseOnExec = 4;
    private const int ClockBootTime = 7;
    private const int KeepSizeAndPunchHole = 1 | 2;
    private const int AtWorkingFolder = -100;
    private const uint RenameExchange = 2;

    /// <summary>Time since boot, time asleep included: the clock of /proc/uptime.</summary>
    public static TimeSpan BootTime()
    {
        return ClockGetTime(ClockBootTime, out var time) == 0
            ? new TimeSpan((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100))
            : throw new PlatformNotSupportedException("The boot-time clock cannot be read. The agent runs on Linux only.");
    }

    /// <summary>Sends a signal to a process, or to a group when negative. False: there is none, or it is not ours.</summary>
    public static bool Kill(int pid, int signal) => KillCall(pid, signal) == 0;

    /// <summary>A descriptor that becomes readable when the process has ended; null when it has already, or the kernel has none.</summary>
    public static int? OpenPidfd(int pid) => SysCall(PidfdOpenCall, pid, 0, 0, 0) is >= 0 and var fd ? (int)fd : null;

    /// <summary>Signal by descriptor: can never hit a process that took over the number.</summary>
    public static bool Signal(int pidfd, int signal) => SysCall(PidfdSendSignalCall, pidfd, signal, 0, 0) == 0;

    /// <summary>Descriptors that the agent inherited are not passed on to tasks.</summary>
    public static void KeepDescriptorsFromChildren() => SysCall(CloseRangeCall, 3, uint.MaxValue, CloseOnExec, 0);

    /// <summary>Gives the blocks of a range back to the disk; length and offsets of the file stay. False where the file system cannot.</summary>
    public static bool PunchHole(Microsoft.Win32.SafeHandles.SafeFileHandle file, long offset, long length) =>
        FAllocate(file, KeepSizeAndPunchHole, offset, length) == 0;

    /// <summary>Lets two files change names in one step; needs no room on the disk. False where the file system cannot.</summary>
    public static bool Exchange(string one, string other) => RenameAt(AtWorkingFolder, one, AtWorkingFolder, other, RenameExchange) == 0;

    public static void Close(int fd) => _ = CloseCall(fd);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static unsafe partial int EpollControl(int epoll, int operation, int fd, byte* happening);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static unsafe partial int EpollWait(int epoll, byte* happenings, int max, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseCall(int fd);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int KillCall(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SysCall(long number, long a, long b, long c, long d);

    [LibraryImport("libc", EntryPoint = "fallocate")]
    private static partial int FAllocate(Microsoft.Win32.SafeHandles.SafeFileHandle file, int mode, long offset, long length);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
