using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Lepton.Cuda;
using Lepton.Cuda.Emulated;
using Lepton.Model;
using Microsoft.Extensions.Logging;

namespace Lepton.Agent.Devices.Sources;

/// <summary>The one device layer of the agent, opened when it can be: the NVIDIA driver, or the emulation that was configured.</summary>
/// <remarks>Used by the session's thread alone, but for <see cref="Processes"/>, which has its own lane in the layer.</remarks>
internal sealed class DriverSource(DeviceSettings settings, TimeProvider clock, ILogger log) : IDisposable
{
    private volatile DeviceLayer? _layer;
    private volatile bool _ended;
    private bool _saidNone;

    /// <summary>A driver, or an emulation, was asked for and may still come.</summary>
    public bool IsWanted { get; private set; } = settings.Devices.Nvml || !settings.Devices.Emulated.IsEmpty;

    [MemberNotNullWhen(true, nameof(Layer))]
    public bool IsOpen => _layer is not null;

    public DeviceLayer? Layer => _layer;

    /// <summary>The emulation, when that is what was opened.</summary>
    public EmulatedDevices? Emulation => _layer?.Probe as EmulatedDevices;

    /// <summary>Opens and lists. The error says why not; null with no inventory: nothing is wanted here, or there is nothing.</summary>
    public async Task<(DeviceInventory? Inventory, ProbeError? Error)> Open(CancellationToken cancel)
    {
        if (!IsWanted) return (null, null);
        var emulated = !settings.Devices.Emulated.IsEmpty;
        var options = new DeviceOptions
        {
            Kind = emulated ? ProbeKind.Emulated : ProbeKind.Nvml,
            LibraryPath = settings.NvmlLibrary,
            Emulated = settings.Devices.Emulated,
            CallLimit = settings.CallLimit,
            EventSlice = settings.EventSlice,
        };
        var opened = await DeviceLayer.OpenAsync(options, clock, cancel);
        if (!opened.Ok)
        {
            if (opened.Error.Failure != ProbeFailure.LibraryNotFound) return (null, opened.Error);
            IsWanted = false;
            if (settings.NvmlLibrary is not null) return (null, opened.Error);
            if (!_saidNone) DeviceEvents.NoDriver(log, opened.Error.Text);
            _saidNone = true;
            return (null, null);        // a machine without a driver is no machine in trouble
        }
        var listed = await opened.Value.Probe.EnumerateAsync(cancel);
        if (!listed.Ok)
        {
            opened.Value.Dispose();
            return (null, listed.Error);
        }
        _layer = opened.Value;
        return (listed.Value, null);
    }

    /// <summary>It is looked for again, although there was none.</summary>
    public void WantAgain() => IsWanted = true;

    /// <summary>Until it is opened again nobody can say who uses a device.</summary>
    public void Close()
    {
        var layer = _layer;
        _layer = null;
        layer?.Dispose();
    }

    /// <summary>Who uses a device; an error while no layer is open.</summary>
    public Task<ProbeResult<DeviceProcesses>> Processes(string uuid, CancellationToken cancel) => !_ended && _layer is { } layer
        ? layer.Probe.ProcessesAsync(uuid, cancel)
        : Task.FromResult<ProbeResult<DeviceProcesses>>(new ProbeError(
            IsWanted && !_ended ? ProbeFailure.Hung : ProbeFailure.UnknownDevice, null, $"processes of {uuid}", "The driver is not open."));

    /// <summary>Can the processes of a device be told, and are their numbers those of this machine?</summary>
    public async Task<bool> TellsProcesses(ImmutableArray<Device> devices)
    {
        if (!IsOpen || Emulation is not null || !PidsAreTheMachines()) return false;
        foreach (var device in devices.Where(d => !d.MigMode))
            if (!(await Processes(device.Uuid, CancellationToken.None)).Ok) return false;
        return devices.Length > 0;
    }

    /// <summary>From now on nobody can say who uses a device, and nobody waits for it.</summary>
    public void Dispose()
    {
        _ended = true;
        _layer?.Dispose();
    }

    /// <summary>In a PID namespace of its own the agent sees other numbers than the driver does. The first namespace has a fixed number.</summary>
    private static bool PidsAreTheMachines() => File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name == "pid:[4026531836]";
}
