using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Devices;
using Lepton.Scheduling.Placement.Devices;
using Lepton.Scheduling.Placement.Devices.Policies;

namespace Lepton.Scheduling.Placement.Granting;

/// <summary>Which devices of a node a way takes, and what that costs: the loss for what is expected to come, as <see cref="LeastLoss"/> counts it.</summary>
/// <remarks>
/// Whole devices: the island with the fewest free ones that still has enough, so that large islands stay whole; without such an island the small ones
/// first. Shares: the device where least is lost. MIG instances and other kinds than GPUs: the first free; nodes with fewer free are cheaper.
/// Cost: O(devices of the node × levels of the mix). Nothing allocated but the grants.
/// </remarks>
internal sealed class DeviceChooser(DeviceMix mix)
{
    /// <summary>No way to do it.</summary>
    public const double CannotRun = double.PositiveInfinity;

    /// <summary>Devices a way takes on one node at most.</summary>
    private const int Most = 64;

    public double Cost(NodeEntry node, DeviceAsk ask, long milliCpu)
    {
        Span<int> chosen = stackalloc int[Most];
        return Best(node, ask, milliCpu, chosen, out _, out _);
    }

    public ImmutableArray<DeviceGrant> Choose(NodeEntry node, DeviceAsk ask, long milliCpu)
    {
        Span<int> chosen = stackalloc int[Most];
        Best(node, ask, milliCpu, chosen, out var count, out var group);
        var grants = ImmutableArray.CreateBuilder<DeviceGrant>(count);
        for (var i = 0; i < count; i++)
        {
            var entry = group!.Devices[chosen[i]];
            grants.Add(new DeviceGrant(entry.Uuid, entry.State!.Epoch, ask.ShareMilli, ask.MemoryOn(entry.Device!)));
        }

        return grants.MoveToImmutable();
    }

    private double Best(NodeEntry node, DeviceAsk ask, long milliCpu, Span<int> chosen, out int count, out DeviceGroup? group)
    {
        (count, group) = (0, null);
        var least = CannotRun;
        Span<int> trial = stackalloc int[Most];
        foreach (var candidate in node.Devices.Groups)
        {
            if (!Fits(ask, node, candidate)) continue;
            var cost = ask.IsShare ? Share(node, candidate, ask, milliCpu, trial, out var taken) : Whole(node, candidate, ask, milliCpu, trial, out taken);
            if (taken == 0 || cost >= least) continue;
            (least, count, group) = (cost, taken, candidate);
            trial[..taken].CopyTo(chosen);
        }

        return least;
    }

    private static bool Fits(DeviceAsk ask, NodeEntry node, DeviceGroup group) =>
        DeviceMatch.OfLooks(ask, group.Looks.Kind, group.Looks.Model, group.MigProfile, group.Looks.MemoryBytes, group.Looks.ComputeCapability) == DeviceMisfit.None
        && DeviceMatch.OfNode(ask, node.Spec?.DriverVersion, node.Spec?.Isolation ?? IsolationAbilities.None) == DeviceMisfit.None;

    private double Share(NodeEntry node, DeviceGroup group, DeviceAsk ask, long milliCpu, Span<int> chosen, out int taken)
    {
        taken = 0;
        var least = CannotRun;
        for (var i = 0; i < group.Devices.Length; i++)
        {
            var device = group.Devices[i];
            if (!DeviceFit.Takes(ask, device)) continue;
            chosen[0] = i;
            var cost = Growth(node, group, chosen[..1], ask.ShareMilli, milliCpu);
            if (mix.Prices is { } prices && IsMeasured(group))
            {
                var share = Math.Min(DeviceAsk.Whole, (ask.ShareMilli + 9) / 10 * 10);
                var after = Math.Max(0, device.FreeMilli - share);
                cost += LeastLoss.PriceWeight * NodePool.WholeGpu * (prices.Worth(device.FreeMilli) - prices.Worth(after) - prices.Price(share));
            }

            if (cost >= least) continue;
            (least, taken) = (cost, i + 1);
        }

        if (taken == 0) return CannotRun;
        (chosen[0], taken) = (taken - 1, 1);
        return least;
    }

    private double Whole(NodeEntry node, DeviceGroup group, DeviceAsk ask, long milliCpu, Span<int> chosen, out int taken)
    {
        taken = 0;
        var most = Math.Min(ask.Most, Most);
        while (taken < most)
        {
            var island = NextIsland(group, most - taken, Math.Max(1, ask.Count - taken), ask.OneIsland && ask.Count > 1, chosen[..taken]);
            if (island is null) break;
            if (ask.OneIsland && island.Value.Island is null) most = 1;
            for (var i = 0; i < group.Devices.Length && taken < most; i++)
            {
                if (group.Devices[i].IsFreeWhole && group.Devices[i].Device!.Island == island.Value.Island && !chosen[..taken].Contains(i)) chosen[taken++] = i;
            }

            if (ask.OneIsland && ask.Most > 1) break;
        }

        if (taken < ask.Count) taken = 0;
        return taken == 0 ? CannotRun : Growth(node, group, chosen[..taken], DeviceAsk.Whole, milliCpu);
    }

    /// <summary>
    /// The island to take from: the smallest rest that has all that is wanted, else the smallest that has the least that is needed, else the
    /// largest. Devices that are linked to none count together, but are no island to whoever asks for one.
    /// </summary>
    private static (int? Island, int Free)? NextIsland(DeviceGroup group, int wanted, int needed, bool linked, ReadOnlySpan<int> chosen)
    {
        (int? Island, int Free)? best = null;
        for (var i = 0; i < group.Devices.Length; i++)
        {
            if (!group.Devices[i].IsFreeWhole || chosen.Contains(i)) continue;
            var island = group.Devices[i].Device!.Island;
            if (linked && island is null) continue;
            var free = 0;
            for (var j = 0; j < group.Devices.Length; j++)
            {
                if (group.Devices[j].Device!.Island == island && group.Devices[j].IsFreeWhole && !chosen.Contains(j)) free++;
            }

            if (best is not { } known || IsBetter(free, known.Free, wanted, needed)) best = (island, free);
        }

        return best;
    }

    private static bool IsBetter(int free, int known, int wanted, int needed) => (free >= wanted, known >= wanted) switch
    {
        (true, true) => free < known,
        (true, false) => true,
        (false, true) => false,
        _ => (free >= needed, known >= needed) switch
        {
            (true, false) => true,
            (false, true) => false,
            _ => free > known,
        },
    };

    private static bool IsMeasured(DeviceGroup group) => group.Looks.Kind == DeviceKind.Gpu && group.MigProfile is null;

    /// <summary>How much more of the group's devices is expected to be useless afterwards, in thousandths of a device.</summary>
    private double Growth(NodeEntry node, DeviceGroup group, ReadOnlySpan<int> chosen, int share, long milliCpu)
    {
        if (!IsMeasured(group) || mix.Fragmentation is not { } fragmentation)
        {
            var free = 0;
            foreach (var device in group.Devices) free += device.FreeMilli;
            return free;
        }

        var model = mix.NumberOf(group.Looks.Model);
        var before = (int)Math.Clamp(node.Free.MilliCpu, 0, int.MaxValue / 16);
        var after = (int)Math.Clamp(node.Free.MilliCpu - milliCpu, 0, int.MaxValue / 16);
        Span<int> now = stackalloc int[NodePool.MostGpus];
        Span<int> then = stackalloc int[NodePool.MostGpus];
        var growth = 0.0;
        for (var from = 0; from < group.Devices.Length; from += NodePool.MostGpus)
        {
            now.Clear();
            var count = Math.Min(NodePool.MostGpus, group.Devices.Length - from);
            for (var i = 0; i < count; i++) now[i] = group.Devices[from + i].FreeMilli;
            now.CopyTo(then);
            foreach (var at in chosen)
            {
                if (at >= from && at < from + count) then[at - from] = Math.Max(0, then[at - from] - share);
            }

            growth += fragmentation.Of(model, after, then) - fragmentation.Of(model, before, now);
        }

        return growth;
    }
}
