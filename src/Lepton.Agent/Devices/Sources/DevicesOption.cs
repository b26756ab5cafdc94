using System.Collections.Immutable;
using Lepton.Cuda.Emulated;

namespace Lepton.Agent.Devices.Sources;

/// <summary>Which devices the agent offers. CPU and memory are always offered; emulated devices only when named here.</summary>
/// <param name="Nvml">Ask the NVIDIA driver, if there is one.</param>
/// <param name="Emulated">Devices to emulate; empty = none. Never beside real ones.</param>
/// <param name="Declared">Devices that no driver tells of, from inventory files.</param>
internal sealed record DevicesOption(bool Nvml, ImmutableArray<EmulatedDevice> Emulated, ImmutableArray<DeclaredDevice> Declared)
{
    public const string Expected = "auto, none, emulated:8xH100[,2xA100] or inventory:FILE";

    /// <summary>What holds where nothing is said.</summary>
    public static DevicesOption Auto { get; } = new(true, [], []);

    public static DevicesOption None { get; } = new(false, [], []);

    /// <summary>Reads all values of the option together: <c>auto</c> and inventory files may stand beside each other.</summary>
    /// <param name="node">Region and name of the machine: part of the UUIDs of emulated devices.</param>
    public static (DevicesOption Option, IReadOnlyList<string> Errors) Parse(IReadOnlyList<string> values, string node)
    {
        if (values.Count == 0) return (Auto, []);
        var errors = new List<string>();
        var option = None;
        foreach (var value in values)
        {
            var colon = value.IndexOf(':', StringComparison.Ordinal);
            var (word, rest) = colon < 0 ? (value, "") : (value[..colon], value[(colon + 1)..]);
            switch (word)
            {
                case "auto" when colon < 0: option = option with { Nvml = true }; break;
                case "none" when colon < 0: break;
                case "emulated": option = option with { Emulated = option.Emulated.AddRange(EmulatedList.Parse(rest, node, option.Emulated.Length, errors)) }; break;
                case "inventory": option = option with { Declared = option.Declared.AddRange(InventoryFile.Read(rest, errors)) }; break;
                default: errors.Add($"--devices '{value}' is wrong; it takes {Expected}."); break;
            }
        }
        if (values.Contains("none") && values.Count > 1) errors.Add("--devices none stands beside other values. Maybe leave one of them out.");
        if (option.Nvml && !option.Emulated.IsEmpty) errors.Add("--devices auto and emulated stand side by side. Real and emulated devices do not mix. Maybe leave 'auto' out.");
        foreach (var twice in option.Declared.GroupBy(d => d.Id).Where(g => g.Count() > 1))
            errors.Add($"--devices: the device '{twice.Key}' is declared {twice.Count()} times. Maybe give each its own id.");
        return (option, errors);
    }
}
