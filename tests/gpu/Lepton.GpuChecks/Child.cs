using System.Diagnostics;

namespace Lepton.GpuChecks;

/// <summary>This program again, as a child with one device visible.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;

    public Child(string visible, params string[] arguments)
    {
        var program = Environment.ProcessPath!;
        var isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        string[] all = isHost ? [typeof(Child).Assembly.Location, .. arguments] : arguments;
        var start = new ProcessStartInfo(program, all) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CUDA_VISIBLE_DEVICES"] = visible;
        start.Environment["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID";
        _process = Process.Start(start)!;
    }

    public int Pid => _process.Id;

    /// <summary>Its next line; null when it ended, or said nothing within the time.</summary>
    public async Task<string?> Says(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        try
        {
            return await _process.StandardOutput.ReadLineAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
