using System.Runtime.InteropServices;

namespace Lepton.Sample.Running;

/// <summary>
/// Ends the process at once on SIGTERM, with the shell's code for it. Nothing has to be saved here: artifacts and
/// checkpoints appear whole, by rename, or not at all.
/// </summary>
internal static class StopSignal
{
    public const int ExitCode = 128 + 15;

    public static IDisposable Listen(RunLog log) => PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
    {
        context.Cancel = true;
        log.Line("stopped by SIGTERM");
        Environment.Exit(ExitCode);
    });
}
