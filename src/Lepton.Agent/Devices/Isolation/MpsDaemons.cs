using System.Collections.Immutable;
using System.Globalization;
using Lepton.Agent.Processes;

namespace Lepton.Agent.Devices.Isolation;

/// <summary>MPS daemons that an administrator runs for a tenant: one for each GPU, each with its own pipe folder <c>FOLDER/GPU-UUID</c>.</summary>
/// <remarks>A fatal fault of one client hits all clients of the daemon: so it is only for tenants that were named, and never across tenants.</remarks>
internal sealed class MpsDaemons(ImmutableSortedDictionary<string, string> folderByTenant)
{
    private const string PidFile = "nvidia-cuda-mps-control.pid";
    private const string Daemon = "nvidia-cuda-mps";        // as the kernel cuts the name

    public bool IsConfigured => !folderByTenant.IsEmpty;

    /// <summary>Pipe folder of the daemon that serves this tenant on this GPU and runs now; null when there is none.</summary>
    public string? PipeFolder(string tenant, string gpuUuid)
    {
        if (!folderByTenant.TryGetValue(tenant, out var folder)) return null;
        var pipes = Path.Combine(folder, gpuUuid);
        return Runs(pipes) ? pipes : null;
    }

    /// <summary>Does a daemon run for any tenant on this GPU?</summary>
    public bool Serves(string gpuUuid) => folderByTenant.Keys.Any(tenant => PipeFolder(tenant, gpuUuid) is not null);

    private static bool Runs(string pipes)
    {
        if (!int.TryParse(ReadLine(Path.Combine(pipes, PidFile)), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)) return false;
        return ProcStat.Read(pid) is { IsLiving: true } && (ReadLine($"/proc/{pid}/comm") ?? "").StartsWith(Daemon, StringComparison.Ordinal);
    }

    private static string? ReadLine(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault()?.Trim();
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
