using System.Collections.Immutable;
using Lepton.Agent.Devices.Sources;
using Lepton.Cuda;
using Lepton.Model;

namespace Lepton.Agent.Devices.Watching;

/// <summary>What one sweep read of all devices of the machine, those that no driver tells of included.</summary>
internal sealed class DeviceSweep
{
    private readonly DevicePicture _picture;
    private readonly DeviceSample[] _samples;

    public DeviceSweep(DevicePicture picture, DeviceSample[] samples, DateTimeOffset at, TimeSpan since, DateTimeOffset bootedAt)
    {
        (_picture, _samples, At, Since, BootedAt) = (picture, samples, at, since, bootedAt);
        Loads = [.. picture.Devices.Select(Load)];
    }

    public DateTimeOffset At { get; }

    /// <summary>Time since the sweep before.</summary>
    public TimeSpan Since { get; }

    public DateTimeOffset BootedAt { get; }

    public DevicePicture Picture => _picture;

    public ImmutableArray<DeviceLoad> Loads { get; }

    /// <summary>Null: not a device of this machine, or nothing was read of it.</summary>
    public DeviceReading? Reading(string uuid) => Loads.FirstOrDefault(l => l.Uuid == uuid)?.Reading;

    /// <summary>CUDA devices are trusted only after a context was opened on them; others cannot be asked for one, and of a GPU in MIG mode its instances are.</summary>
    public bool NeedsContext(string uuid) => _picture.Find(uuid) is { Kind: DeviceKind.Gpu, Emulated: false, MigMode: false } && !_picture.Declared.ContainsKey(uuid);

    /// <summary>Devices that the driver lists and of which it could not even tell the memory, and no loss either: nothing of them is known now.</summary>
    public IEnumerable<(string Uuid, string Why)> Silent() =>
        _samples.Where(s => DeviceReadings.IsSilent(s)).Select(s => (s.Uuid, $"{s.Uuid} answers {s.MemoryTotalBytes.Code} ({(int)s.MemoryTotalBytes.Code}). Maybe its driver was changed: restart the agent."));

    public DeviceSample? Sample(string uuid)
    {
        var at = Array.FindIndex(_samples, s => s.Uuid == uuid);
        return at < 0 ? null : _samples[at];
    }

    /// <summary>Power and use of a device for metering; of a MIG instance: its parent's power by its part of the parent's memory, and no use.</summary>
    public (long? PowerMilliwatts, long? KernelPercent) Meter(Device device)
    {
        if (Sample(device.Uuid) is not { } sample) return (null, null);
        if (device.ParentUuid is null) return (sample.PowerMilliwatts.Value, sample.KernelPercent.Value);
        if (Sample(device.ParentUuid) is not { PowerMilliwatts.Value: { } power, MemoryTotalBytes.Value: > 0 and var total }) return (null, null);
        return ((long)(power * Math.Min(1.0, (double)device.MemoryBytes / total)), null);
    }

    private DeviceLoad Load(Device device)
    {
        if (_picture.Declared.TryGetValue(device.Uuid, out var declared))
            return new DeviceLoad(device.Uuid, At, null, null, null, null, new DeviceReading(declared.Path is { } path && !File.Exists(path), null, null, null));
        if (Sample(device.Uuid) is not { } sample) return DeviceReadings.Unreachable(device.Uuid, At);
        var parent = device.ParentUuid is { } uuid && Sample(uuid) is { } whole ? whole : sample;
        return DeviceReadings.Load(sample, parent, At);
    }
}
