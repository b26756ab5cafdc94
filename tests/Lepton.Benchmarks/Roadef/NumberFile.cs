using System.Globalization;
using System.IO.Compression;

namespace Lepton.Benchmarks.Roadef;

/// <summary>The whole numbers of a file, plain or gzip, read one by one; whatever is wrong is said with file, line and column.</summary>
/// <remarks>The largest instances hold 25 million numbers: the file is never in memory as a whole.</remarks>
internal sealed class NumberFile : IDisposable
{
    /// <summary>The challenge's numbers are unsigned, with 32 bits; costs made of them need 64.</summary>
    public const long Largest = uint.MaxValue;

    private const int MostShown = 24;

    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _filled;
    private int _next;
    private int _line = 1;
    private int _column;
    private (int Line, int Column) _at = (1, 1);

    public NumberFile(string path)
    {
        Path = path;
        var file = File.OpenRead(path);
        _stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    public string Path { get; }

    /// <summary>Numbers read so far.</summary>
    public long Count { get; private set; }

    public void Dispose() => _stream.Dispose();

    /// <summary>The next number, in [<paramref name="least"/>, <paramref name="most"/>].</summary>
    /// <param name="what">What it says, for the error: "the location of machine 3".</param>
    public long Next(Func<string> what, long least = 0, long most = Largest)
    {
        if (Read() is not { } value)
            throw Wrong($"the file ends where {what()} should be, after {Count} numbers. Maybe it is cut off, or a count before it is too large");
        if (value < least || value > most)
            throw Wrong($"{what()} is {value}; it must be from {least} to {most}. Maybe a number before it is missing or one too many");
        return value;
    }

    public int Int(Func<string> what, long least = 0, long most = int.MaxValue) => (int)Next(what, least, most);

    /// <summary>Nothing but white space may be left.</summary>
    /// <param name="last">What was read last.</param>
    public void End(string last)
    {
        if (Read() is { } value) throw Wrong($"{value} stands after the end: {last} was the last number announced. Maybe a count is too small");
    }

    public InvalidDataException Wrong(string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{Path}({_at.Line},{_at.Column}): {what}."));

    private long? Read()
    {
        var c = Byte();
        while (c is ' ' or '\n' or '\r' or '\t') c = Byte();
        _at = (_line, c < 0 ? _column + 1 : _column);
        if (c < 0) return null;
        var negative = c == '-';
        if (negative) c = Byte();
        var (value, digits) = (0L, 0);
        for (; c is >= '0' and <= '9'; c = Byte())
        {
            value = Math.Min((value * 10) + (c - '0'), long.MaxValue / 20);
            digits++;
        }

        if (digits == 0 || !(c < 0 || c is ' ' or '\n' or '\r' or '\t')) throw Wrong($"'{Word(negative, value, digits, c)}' is no whole number");
        Count++;
        return negative ? -value : value;
    }

    /// <summary>What stands there, as far as it was read and a little further.</summary>
    private string Word(bool negative, long value, int digits, int c)
    {
        var word = (negative ? "-" : "") + (digits > 0 ? value.ToString(CultureInfo.InvariantCulture) : "");
        for (; c > ' ' && word.Length < MostShown; c = Byte()) word += c < 127 ? (char)c : '?';
        return c > ' ' ? word + "..." : word;
    }

    private int Byte()
    {
        if (_next == _filled)
        {
            try
            {
                _filled = _stream.Read(_buffer);
            }
            catch (InvalidDataException error)
            {
                _at = (_line, _column + 1);
                throw Wrong($"it is no whole gzip file: {error.Message.TrimEnd('.')}. Maybe copy it again");
            }

            _next = 0;
            if (_filled == 0) return -1;
        }

        var c = _buffer[_next++];
        if (c == '\n') (_line, _column) = (_line + 1, 0);
        else _column++;
        return c;
    }
}
