using System.Collections.Immutable;
using Lepton.Agent.Attempts;
using Lepton.Agent.Devices.Grants;
using Lepton.Agent.Processes;
using Lepton.Model;

namespace Lepton.Agent.Devices.Watching;

/// <summary>The devices of one running attempt: what it was granted, what it is seen to use, and what that adds up to.</summary>
internal sealed class DeviceHold(
    Assignment assignment,
    ImmutableArray<GrantedDevice> devices,
    ProcessIdentity process,
    DateTimeOffset startedAt,
    UsageFile file,
    Action<string> overrun)
{
    /// <summary>Looks in a row at which a part was overrun before anything is done: a single reading may catch a moment of handing back.</summary>
    private const int LooksBeforeKill = 2;

    private readonly int[] _over = new int[devices.Length];
    private ImmutableArray<long?> _used = [.. devices.Select(_ => (long?)null)];
    private bool _told;

    public AttemptId Attempt => assignment.Attempt;

    public RunSpec Run => assignment.Run;

    public string Mark { get; } = assignment.Attempt.ToString();

    public ImmutableArray<GrantedDevice> Devices => devices;

    public ProcessIdentity Process => process;

    public UsageMeter Meter { get; } = new(startedAt, devices.Sum(d => d.Grant.ShareMilli / 1000.0), devices.Any(d => d.Device.Emulated), file.Read());

    /// <summary>Device memory of its processes by device, as last seen.</summary>
    public ImmutableArray<long?> Used => _used;

    /// <summary>What its processes were seen to hold on each of its devices; null: the device could not be asked.</summary>
    public void Saw(ImmutableArray<long?> used)
    {
        _used = used;
        if (used.Any(u => u is not null)) Meter.Saw(used.Sum(u => u ?? 0));
        for (var i = 0; i < devices.Length; i++)
        {
            // A whole device ends where its memory ends; only parts can be overrun.
            _over[i] = used[i] is { } bytes && !devices[i].Grant.IsWhole && bytes > devices[i].Grant.MemoryBytes ? _over[i] + 1 : 0;
            if (_over[i] < LooksBeforeKill || _told) continue;
            _told = true;
            overrun($"device {devices[i].Device.Uuid}: {Mebibytes(devices[i].Grant.MemoryBytes)} of device memory were granted, {Mebibytes(used[i]!.Value)} used; ended by the memory watch of the node. Maybe ask for more device memory.");
        }
    }

    public void Save() => file.Write(Meter.SoFar());

    private static string Mebibytes(long bytes) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB");
}
