using System.Collections.Immutable;
using Lepton.Agent.Devices.Sources;

namespace Lepton.Agent.Devices;

/// <summary>How the agent deals with devices, as told at its start.</summary>
internal sealed record DeviceSettings
{
    public DevicesOption Devices { get; init; } = DevicesOption.None;

    /// <summary>Path of libnvidia-ml.so.1; null: as the loader finds it.</summary>
    public string? NvmlLibrary { get; init; }

    /// <summary>Path of libcuda.so.1 for context checks; null: as the loader finds it.</summary>
    public string? CudaLibrary { get; init; }

    /// <summary>Folder of MPS daemons by tenant: MPS is used for nobody else.</summary>
    public ImmutableSortedDictionary<string, string> MpsFolders { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Pause between two sweeps.</summary>
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A call of the driver that takes longer is reported as hung.</summary>
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest single wait of the driver for events; so late does the agent notice that it should leave.</summary>
    public TimeSpan EventSlice { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Pause before a driver that could not be opened, or a device in trouble, is asked again; doubled up to ten times this.</summary>
    public TimeSpan AskAgainAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A context that is not open by then is none.</summary>
    public TimeSpan ContextLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a task may wait for former users of its devices to be gone before its start is refused.</summary>
    public TimeSpan FormerLimit { get; init; } = TimeSpan.FromSeconds(10);
}
