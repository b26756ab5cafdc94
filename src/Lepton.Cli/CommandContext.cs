using Lepton.Cli.Output;
using Lepton.Client;

namespace Lepton.Cli;

/// <summary>What a command has while it runs.</summary>
internal sealed class CommandContext(Terminal terminal, Printer printer, TimeProvider time, Func<HttpClient> connect, CancellationToken cancel)
{
    private HttpLepton? _lepton;
    private HttpClient? _http;

    public Terminal Terminal => terminal;

    public Printer Print => printer;

    public TimeProvider Time => time;

    public CancellationToken Cancel => cancel;

    /// <summary>The server; commands that need none never ask for it.</summary>
    public ILepton Lepton => _lepton ??= new HttpLepton(Http, time);

    /// <summary>Address of the server.</summary>
    public Uri Server => Http.BaseAddress!;

    private HttpClient Http => _http ??= connect();

    /// <summary>Exit code when the time given by <c>--timeout</c> passes now.</summary>
    public int TimeoutExit { get; set; } = ExitCodes.TimedOut;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <exception cref="UsageException"><c>-o</c> was given to a command that writes no data.</exception>
    public void RefuseOutput(string because)
    {
        if (Print.Asked is { } asked) throw new UsageException($"{because}; -o {asked.ToString().ToLowerInvariant()} means nothing here.", "Leave -o out.");
    }
}
