using System.Text;

namespace Lepton.Cli;

/// <summary>Where a command reads and writes: data on <see cref="Out"/>, progress and notes on <see cref="Error"/>.</summary>
internal sealed class Terminal : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly Stream _out;

    public Terminal(Stream input, Stream output, Stream error, bool isTerminal, int width, Func<string, string?> environment)
    {
        In = input;
        _out = output;
        Out = new StreamWriter(output, Utf8) { NewLine = "\n" };
        Error = new StreamWriter(error, Utf8) { NewLine = "\n", AutoFlush = true };
        IsTerminal = isTerminal;
        Width = width;
        Environment = environment;
    }

    public Stream In { get; }

    public TextWriter Out { get; }

    public TextWriter Error { get; }

    /// <summary>True when a person looks at stdout. Everything else gets plain tables of full width, and nothing live.</summary>
    public bool IsTerminal { get; }

    /// <summary>Columns of the terminal; for pipes what help texts are wrapped at.</summary>
    public int Width { get; }

    public Func<string, string?> Environment { get; }

    public static Terminal OfProcess()
    {
        var isTerminal = !Console.IsOutputRedirected && System.Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new Terminal(
            Console.OpenStandardInput(),
            Console.OpenStandardOutput(),
            Console.OpenStandardError(),
            isTerminal,
            isTerminal ? Math.Max(40, Console.WindowWidth) : 120,
            System.Environment.GetEnvironmentVariable);
    }

    /// <summary>Bytes as they are: logs may hold anything.</summary>
    public async Task Raw(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        await Out.FlushAsync(cancel);
        await _out.WriteAsync(bytes, cancel);
        await _out.FlushAsync(cancel);
    }

    public void Dispose()
    {
        Out.Dispose();
        Error.Dispose();
    }
}
