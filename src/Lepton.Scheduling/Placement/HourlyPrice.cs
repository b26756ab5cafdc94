using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement.Granting;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.Placement;

/// <summary>What a task costs in a region by the hour, by the region's price book.</summary>
/// <remarks>Cost: O(ways × pools × prices); nothing is allocated.</remarks>
internal static class HourlyPrice
{
    public const string Cpu = "cpu";

    /// <summary>Null when the book has no price for it, or the region no such devices.</summary>
    /// <param name="pools">The devices of the region by their looks: which model a task would get that names none.</param>
    // price = cores * price(cpu) + devices * share * price(model), of the cheapest model among the best ways
    public static long? Of(TaskShape shape, PriceBook book, ImmutableArray<DevicePool> pools)
    {
        if (book.Prices.IsDefaultOrEmpty) return null;
        var cores = Price(book, Cpu);
        if (!shape.NeedsDevices) return cores is { } core ? ForCores(shape, core) : null;
        long? cheapest = null;
        var rank = int.MaxValue;
        foreach (var way in shape.Ways)
        {
            if (way.Rank > rank) break;
            foreach (var pool in pools.OrEmpty())
            {
                if (pool.MigProfile is not null || !DeviceFit.CouldEverFit(way.Ask, pool) || Price(book, pool.Model) is not { } device) continue;
                var price = device * way.Ask.Count * way.Ask.ShareMilli / DeviceAsk.Whole;
                if (cheapest is null || price < cheapest) cheapest = price;
                rank = way.Rank;
            }
        }

        return cheapest is { } devices ? devices + ForCores(shape, cores ?? 0) : null;
    }

    private static long ForCores(TaskShape shape, long core) => core * shape.Demand.Capacity.MilliCpu / 1000;

    private static long? Price(PriceBook book, string item)
    {
        foreach (var price in book.Prices)
        {
            if (string.Equals(price.Item, item, StringComparison.OrdinalIgnoreCase)) return price.UsdMicrosPerHour;
        }

        return null;
    }
}
