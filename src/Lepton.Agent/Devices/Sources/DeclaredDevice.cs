using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Agent.Devices.Sources;

/// <summary>A device that no driver tells of, as its owner declares it: a TPU, an FPGA, a GPU of another maker.</summary>
/// <param name="Path">Its device file; while that is missing the device counts as lost. Null: nobody looks.</param>
/// <param name="Variables">What a task that is granted the device finds in its environment; values of several devices are joined by commas.</param>
internal sealed record DeclaredDevice(
    string Id,
    DeviceKind Kind,
    string Model,
    long MemoryBytes,
    string? Path,
    ImmutableSortedDictionary<string, string> Variables);
