using System.Runtime.InteropServices;

namespace Lepton.Cli;

/// <summary>Ctrl-C and SIGTERM as a token: the first asks the command to stop, the second ends the process.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _asked = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    private Interrupt()
    {
    }

    public CancellationToken Token => _asked.Token;

    public static Interrupt Listen()
    {
        var interrupt = new Interrupt();
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            interrupt._registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                if (interrupt._asked.IsCancellationRequested) return;
                context.Cancel = true;
                interrupt._asked.Cancel();
            }));
        }

        return interrupt;
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _asked.Dispose();
    }
}
