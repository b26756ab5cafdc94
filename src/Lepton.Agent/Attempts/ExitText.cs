using System.Text;

namespace Lepton.Agent.Attempts;

/// <summary>Exit codes in words.</summary>
internal static class ExitText
{
    private const int TailBytes = 4 * 1024;
    private const int LineAtMost = 200;

    /// <summary>A shell tells the end by signal n as code 128 + n.</summary>
    public static int? SignalOf(int? exit) => exit is > 128 and <= 128 + 64 ? exit - 128 : null;

    public static string Of(int exit, string program, string logFile)
    {
        if (exit == 127) return $"exit code 127: the program '{program}' was not found. Maybe it is not installed on this machine or not in its PATH.";
        if (exit == 126) return $"exit code 126: the program '{program}' cannot be executed. Maybe it lacks the execute permission.";
        var what = SignalOf(exit) is { } signal ? $"killed by signal {signal} ({NameOf(signal)})" : $"exit code {exit}";
        return LastLine(logFile) is { } line ? $"{what}; its last line: {line}" : what;
    }

    private static string NameOf(int signal) => signal switch
    {
        2 => "SIGINT", 3 => "SIGQUIT", 4 => "SIGILL", 6 => "SIGABRT", 7 => "SIGBUS", 8 => "SIGFPE", 9 => "SIGKILL, maybe out of memory",
        11 => "SIGSEGV", 13 => "SIGPIPE", 15 => "SIGTERM", 24 => "SIGXCPU", 25 => "SIGXFSZ", 31 => "SIGSYS",
        _ => "see kill -l",
    };

    private static string? LastLine(string logFile)
    {
        try
        {
            using var file = new FileStream(logFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Position = Math.Max(0, file.Length - TailBytes);
            var buffer = new byte[TailBytes];
            var text = Encoding.UTF8.GetString(buffer, 0, file.ReadAtLeast(buffer, TailBytes, throwOnEndOfStream: false));
            var line = text.Split('\n').LastOrDefault(l => !string.IsNullOrWhiteSpace(l.Trim('\0')))?.Trim();
            if (line is null) return null;
            // A program may print what steers a terminal; in a message it is text.
            var harmless = new string([.. line.Select(c => char.IsControl(c) ? ' ' : c)]);
            return harmless.Length > LineAtMost ? harmless[..LineAtMost] : harmless;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
