using System.Collections.Immutable;
using Lepton.Cuda;
using Lepton.Model;

namespace Lepton.Agent.Devices.Sources;

/// <summary>From an inventory of the driver, or of the emulation, to the devices that the agent declares.</summary>
internal static class DeviceList
{
    public static ImmutableArray<Device> Of(DeviceInventory inventory)
    {
        var islands = Islands(inventory);
        return [.. inventory.Devices.Select(d => One(d, islands))];
    }

    public static Device Of(DeclaredDevice declared, int index) =>
        new(declared.Id, declared.Kind, declared.Model, declared.MemoryBytes, Emulated: false) { FullName = declared.Model, Index = index };

    /// <summary>What an enumeration no longer lists because the driver cannot reach it stays declared: its node holds what is known of it.</summary>
    public static ImmutableArray<Device> WithUnreachable(ImmutableArray<Device> known, ImmutableArray<Device> found, bool someUnreadable)
    {
        if (!someUnreadable) return found;
        var gone = known.Where(k => found.All(f => f.Uuid != k.Uuid) && (k.ParentUuid is null || found.All(f => f.Uuid != k.ParentUuid)));
        return [.. found, .. gone];
    }

    private static Device One(DeviceFingerprint facts, Dictionary<string, int> islands) =>
        new(facts.Uuid, DeviceKind.Gpu, facts.Emulated ? facts.Name : ModelNames.Short(facts.Name), Math.Max(0, (facts.MemoryBytes ?? 0) - (facts.ReservedBytes ?? 0)), facts.Emulated)
        {
            Island = islands.TryGetValue(facts.Uuid, out var island) ? island : null,
            ParentUuid = facts.ParentUuid,
            MigProfile = facts.ParentUuid is null ? null : ModelNames.MigProfile(facts.Name),
            GpuInstance = facts.GpuInstance,
            ComputeInstance = facts.ComputeInstance,
            MigMode = facts.MigMode,
            ComputeCapability = facts.ComputeCapability is { } c ? new ComputeCapability(c.Major, c.Minor) : null,
            FullName = facts.Name,
            Index = facts.Index,
            BusId = facts.PciBusId,
        };

    /// <summary>GPUs that are linked all to all. Where the links do not close, nobody of that heap has an island: half of a promise is none.</summary>
    private static Dictionary<string, int> Islands(DeviceInventory inventory)
    {
        var linked = inventory.Links.Where(l => l.NvLink == true).SelectMany(l => new[] { (l.UuidA, l.UuidB), (l.UuidB, l.UuidA) }).ToLookup(p => p.Item1, p => p.Item2);
        var islands = new Dictionary<string, int>();
        var seen = new HashSet<string>();
        var number = 0;
        foreach (var gpu in inventory.Devices.Where(d => d.ParentUuid is null).Select(d => d.Uuid))
        {
            if (!linked.Contains(gpu) || !seen.Add(gpu)) continue;
            var heap = new HashSet<string>(linked[gpu]) { gpu };
            if (heap.Any(a => !heap.SetEquals(linked[a].Append(a)))) continue;
            foreach (var member in heap)
            {
                seen.Add(member);
                islands[member] = number;
            }
            number++;
        }
        return islands;
    }
}
