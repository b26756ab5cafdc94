using System.Buffers.Text;
using System.Text;

namespace Lepton.Agent.Processes;

/// <summary>What /proc/PID/stat says of a process.</summary>
/// <param name="StartTicks">Start in clock ticks after boot (field 22): with the boot id and the pid the identity of a process.</param>
internal readonly record struct ProcStat(int Pid, char State, int Parent, int Group, int Session, long StartTicks)
{
    /// <summary>Clock ticks a second, the same on every Linux that .NET runs on.</summary>
    public const int TicksPerSecond = 100;

    /// <summary>A zombie keeps its line and its start time, but runs no more.</summary>
    public bool IsLiving => State is not ('Z' or 'X' or 'x');

    /// <summary>Null when there is no such process.</summary>
    /// <param name="sure">Throw rather than say so when it cannot be looked at, see <see cref="ProcFile.Read"/>.</param>
    public static ProcStat? Read(int pid, bool sure = false)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var length = ProcFile.Read($"/proc/{pid}/stat", buffer, sure);
        return length <= 0 ? null : Parse(pid, buffer[..length]);
    }

    /// <summary>Reads the line from behind the last <c>)</c>: the name before it may hold anything.</summary>
    public static ProcStat? Parse(int pid, ReadOnlySpan<byte> line)
    {
        var close = line.LastIndexOf((byte)')');
        return close < 0 ? null : ParseRest(pid, line[(close + 1)..]);
    }

    /// <summary>Reads the fields from the third (state) on, as the shim writes them into its pid file.</summary>
    public static ProcStat? ParseRest(int pid, ReadOnlySpan<byte> rest)
    {
        Span<long> fields = stackalloc long[20];        // fields 3 to 22
        var state = '?';
        rest = rest.TrimStart((byte)' ');
        for (var i = 0; i < fields.Length; i++)
        {
            var end = rest.IndexOf((byte)' ');
            var field = end < 0 ? rest : rest[..end];
            if (field.IsEmpty) return null;
            if (i == 0) state = (char)field[0];
            else if (!Utf8Parser.TryParse(field, out fields[i], out _)) return null;
            rest = end < 0 ? default : rest[(end + 1)..];
        }
        return new ProcStat(pid, state, (int)fields[1], (int)fields[2], (int)fields[3], fields[19]);
    }

    public static ProcStat? ParseRest(int pid, string rest) => ParseRest(pid, Encoding.ASCII.GetBytes(rest));
}
