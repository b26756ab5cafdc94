using System.Collections.Immutable;
using Lepton.Cuda.Emulated;

namespace Lepton.Cuda;

/// <summary>How this machine's devices are reached.</summary>
public sealed record DeviceOptions
{
    /// <summary>Emulated devices are used only when this says so; a machine without a driver reports that instead.</summary>
    public ProbeKind Kind { get; init; } = ProbeKind.Nvml;

    /// <summary>Path of the driver's library. Null: the name as the loader finds it, then the usual folders. Given: that file or none.</summary>
    public string? LibraryPath { get; init; }

    /// <summary>Devices to emulate; needed for, and only for, <see cref="ProbeKind.Emulated"/>.</summary>
    public ImmutableArray<EmulatedDevice> Emulated { get; init; } = [];

    /// <summary>A call that takes longer is reported as hung (default 5 s).</summary>
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest single wait for events (default 1 s): so late does a stop come through.</summary>
    public TimeSpan EventSlice { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Pause after a failed wait for events, doubled up to <see cref="LongestBackoff"/> (defaults 1 s and 30 s).</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Every error in these options, with what to do.</summary>
    public IEnumerable<string> Errors()
    {
        if (Kind == ProbeKind.ManagedCuda)
            yield return "ManagedCuda tells devices only, and neither health nor processes, which an agent needs. Its probe is opened by itself, from Lepton.Cuda.Managed. Maybe set the kind to Nvml.";
        if (Kind == ProbeKind.Emulated && Emulated.IsDefaultOrEmpty) yield return "Emulated devices are asked for, and none is listed. Maybe list at least one.";
        if (Kind != ProbeKind.Emulated && !Emulated.IsDefaultOrEmpty)
            yield return $"{Emulated.Length} emulated devices are listed, and the kind is {Kind}. Real and emulated devices do not mix. Maybe set the kind to Emulated.";
        foreach (var device in Emulated.IsDefault ? [] : Emulated)
        {
            if (!device.Uuid.StartsWith(EmulatedDevice.Prefix, StringComparison.Ordinal))
                yield return $"The UUID '{device.Uuid}' of an emulated device must begin with '{EmulatedDevice.Prefix}', so that nobody takes it for a real one.";
            if (device.MemoryBytes <= 0) yield return $"The emulated device '{device.Uuid}' has {device.MemoryBytes} bytes of memory. Give it some.";
        }
        foreach (var same in (Emulated.IsDefault ? [] : Emulated).GroupBy(d => d.Uuid).Where(g => g.Count() > 1))
            yield return $"The UUID '{same.Key}' is listed {same.Count()} times. UUIDs name one device each.";
        if (CallLimit <= TimeSpan.Zero) yield return $"The call limit is {CallLimit}. It must be positive.";
        if (EventSlice <= TimeSpan.Zero) yield return $"The event slice is {EventSlice}. It must be positive.";
        if (FirstBackoff <= TimeSpan.Zero || LongestBackoff < FirstBackoff)
            yield return $"The backoff is {FirstBackoff} to {LongestBackoff}. It must be positive and not fall.";
    }
}
