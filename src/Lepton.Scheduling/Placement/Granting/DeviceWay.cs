using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Placement.Granting;

/// <summary>One way to fill a need for devices, with one model or any; a lower rank is preferred, equal ranks are equally good.</summary>
internal readonly record struct DeviceWay(DeviceAsk Ask, int Rank)
{
    /// <summary>All ways of a demand, best first. The models of one ask are in order of preference.</summary>
    public static ImmutableArray<DeviceWay> Of(Demand demand)
    {
        var asks = demand.DeviceAsks();
        var most = asks.IsEmpty ? 0 : asks.Max(a => a.Models.IsDefaultOrEmpty ? 1 : a.Models.Length);
        var ways = new List<DeviceWay>();
        for (var i = 0; i < asks.Length; i++)
        {
            var rank = demand.Ordered ? i * most : 0;
            if (asks[i].Models.IsDefaultOrEmpty) ways.Add(new DeviceWay(asks[i], rank));
            else ways.AddRange(asks[i].Models.Select((model, at) => new DeviceWay(asks[i] with { Models = [model] }, rank + at)));
        }

        return [.. ways.OrderBy(w => w.Rank)];
    }
}
