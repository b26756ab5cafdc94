using Lepton.Cli.Output;
using Lepton.Client;

namespace Lepton.Cli;

/// <summary>What a command has while it runs.</summary>
internal sealed class CommandContext(Terminal terminal, Printer printer, TimeProvider time, Func<ILepton> connect, CancellationToken cancel)
{
    private ILepton? _lepton;

    public Terminal Terminal => terminal;

    public Printer Print => printer;

    public TimeProvider Time => time;

    public CancellationToken Cancel => cancel;

    /// <summary>The server; commands that need none never ask for it.</summary>
    public ILepton Lepton => _lepton ??= connect();

    /// <summary>Exit code when the time given by <c>--timeout</c> passes now.</summary>
    public int TimeoutExit { get; set; } = ExitCodes.TimedOut;

    public DateTimeOffset Now => time.GetUtcNow();
}
