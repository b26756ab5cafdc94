using Lepton.Model;
using Lepton.Scheduling.Placement.Devices;
using Lepton.Scheduling.Placement.Devices.Policies;
using Lepton.Scheduling.Placement.Devices.Pricing;

namespace Lepton.Scheduling.Placement.Granting;

/// <summary>
/// What devices are expected to be asked for: the histogram of what was asked in this activation, and the measures of loss that follow from it.
/// </summary>
/// <remarks>Cost: a count per placement. The measures are made anew after 1, 2, 4, ... placements, from 4,096 on after every 4,096.</remarks>
internal sealed class DeviceMix
{
    /// <summary>Classes kept at most; the rarest go.</summary>
    private const int Kept = 256;

    private const long LongestRun = 4096;

    /// <summary>Shares are counted in steps of so many thousandths, rounded up.</summary>
    private const int Step = 10;

    private readonly Dictionary<RequestClass, double> _counts = [];
    private readonly Dictionary<string, int> _models = new(StringComparer.OrdinalIgnoreCase);
    private long _seen;
    private long _next = 1;

    /// <summary>Grows when the measures change: every cost that was kept is void.</summary>
    public int Version { get; private set; }

    /// <summary>Null until something was asked.</summary>
    public Fragmentation? Fragmentation { get; private set; }

    public SharePrices? Prices { get; private set; }

    /// <summary>Models by numbers as the measures want them; when there are too many the last ones share one.</summary>
    public int NumberOf(string model)
    {
        if (!_models.TryGetValue(model, out var number)) _models.Add(model, number = Math.Min(_models.Count, NodePool.MostModels - 1));
        return number;
    }

    public void Count(TaskShape shape)
    {
        var request = ClassOf(shape);
        _counts[request] = _counts.GetValueOrDefault(request) + 1;
        if (++_seen < _next) return;
        _next = _seen + Math.Min(_seen, LongestRun);
        Renew();
    }

    private RequestClass ClassOf(TaskShape shape)
    {
        ulong models = 0;
        var ask = shape.Ways[0].Ask;
        foreach (var way in shape.Ways)
        {
            if (way.Ask.Models.IsDefaultOrEmpty)
            {
                models = 0;
                break;
            }

            models |= 1UL << NumberOf(way.Ask.Models[0]);
        }

        var cpu = (int)Math.Min(shape.Demand.Capacity.MilliCpu, int.MaxValue / 16);
        var share = ask.IsShare ? Math.Min(DeviceAsk.Whole, (ask.ShareMilli + Step - 1) / Step * Step) : DeviceAsk.Whole;
        return new RequestClass(cpu, 0, Math.Min(ask.Count, NodePool.MostGpus), share, models);
    }

    private void Renew()
    {
        if (_counts.Count > Kept)
        {
            foreach (var (rare, _) in _counts.OrderBy(c => c.Value).ThenBy(c => c.Key.ToString(), StringComparer.Ordinal).Take(_counts.Count - Kept).ToList()) _counts.Remove(rare);
        }

        var mix = RequestMix.Of(_counts.Select(c => (c.Key, c.Value)));
        Fragmentation = new Fragmentation(mix, LeastLoss.CpuWeight, LeastLoss.ModelWeight, cpuOnlyLosesAll: false);
        Prices = SharePrices.Of(mix);
        Version++;
    }
}
