namespace Lepton.Client;

/// <summary>Finds where the last lines of a log begin, reading it from its end.</summary>
public static class LogTail
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>A read that begins with the last <paramref name="lines"/> lines. An unfinished last line counts as a line.</summary>
    public static async Task<LogRead> LastLines(this ILeptonTasks lepton, string id, LogRead read, int lines, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lines);
        var probe = await lepton.ReadLogAsync(id, read with { Offset = 0, Limit = 1 }, cancel);
        if (probe.Attempt == 0) return read with { Offset = 0 };

        var end = probe.Length;
        var found = 0;
        for (var upTo = end; upTo > probe.First;)
        {
            var start = Math.Max(probe.First, upTo - PieceBytes);
            var page = await lepton.ReadLogAsync(id, new LogRead(probe.Attempt, start, (int)(upTo - start)), cancel);
            if (page.Offset > start) return read with { Attempt = read.Attempt, Offset = page.Offset };
            var at = FindStart(page.Bytes.Span, page.Next == end, lines, ref found);
            if (at >= 0) return read with { Offset = start + at };
            upTo = start;
        }

        return read with { Offset = probe.First };
    }

    /// <summary>Index behind the newline before the wanted lines, or -1. The newline that ends the log starts no line.</summary>
    private static int FindStart(ReadOnlySpan<byte> bytes, bool last, int lines, ref int found)
    {
        if (last && lines == 0) return bytes.Length;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            if (bytes[i] != (byte)'\n' || (last && i == bytes.Length - 1)) continue;
            if (++found == lines) return i + 1;
        }

        return -1;
    }
}
