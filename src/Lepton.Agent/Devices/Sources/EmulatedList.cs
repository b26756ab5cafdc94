using System.Collections.Immutable;
using System.Globalization;
using Lepton.Cuda.Emulated;

namespace Lepton.Agent.Devices.Sources;

/// <summary>Reads <c>8xH100,2xA100</c>: how many of which model to emulate.</summary>
internal static class EmulatedList
{
    private const int Most = 64;
    private const long Gib = 1L << 30;

    /// <summary>Models by the short name that the option takes, with the figures of the real ones.</summary>
    private static readonly ImmutableSortedDictionary<string, Known> s_models = new Dictionary<string, Known>
    {
        ["A100"] = new("A100", 80, "8.0", Linked: true),
        ["A10"] = new("A10", 24, "8.6", Linked: false),
        ["B200"] = new("B200", 180, "10.0", Linked: true),
        ["H100"] = new("H100", 80, "9.0", Linked: true),
        ["H200"] = new("H200", 141, "9.0", Linked: true),
        ["L4"] = new("L4", 24, "8.9", Linked: false),
        ["L40S"] = new("L40S", 48, "8.9", Linked: false),
        ["T4"] = new("T4", 16, "7.5", Linked: false),
        ["V100"] = new("V100", 32, "7.0", Linked: true),
    }.ToImmutableSortedDictionary(StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<EmulatedDevice> Parse(string text, string node, int firstIndex, List<string> errors)
    {
        var devices = new List<EmulatedDevice>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var cross = part.IndexOf('x', StringComparison.OrdinalIgnoreCase);
            var name = cross < 0 ? part : part[(cross + 1)..];
            if (cross <= 0 || !int.TryParse(part.AsSpan(0, cross), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
                errors.Add($"--devices 'emulated:{text}' is wrong at '{part}': a count and a model are needed. Maybe emulated:8xH100.");
            else if (!s_models.TryGetValue(name, out var model))
                errors.Add($"--devices 'emulated:{text}' names the model '{name}', which is not known. Maybe one of {string.Join(", ", s_models.Keys)}.");
            else if (devices.Count + firstIndex + count > Most)
                errors.Add($"--devices 'emulated:{text}' lists more than {Most} devices. Maybe start more agents.");
            else
                devices.AddRange(Heap(model, node, firstIndex + devices.Count, count));
        }
        return devices;
    }

    /// <summary>Devices of one kind stand on one island, named by the first of them.</summary>
    private static EmulatedDevice[] Heap(Known model, string node, int first, int count) =>
        [.. Enumerable.Range(first, count).Select(i => Make(model, node, i, first))];

    private static EmulatedDevice Make(Known model, string node, int index, int island) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{EmulatedDevice.Prefix}{node}-{index}"), model.Name, model.MemoryGib * Gib)
        {
            ReservedBytes = Gib / 2,
            ComputeCapability = Version.Parse(model.Capability),
            Island = model.Linked ? island : null,
        };

    private sealed record Known(string Name, long MemoryGib, string Capability, bool Linked);
}
