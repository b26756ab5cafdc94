using Lepton.Model;

namespace Lepton.Scheduling.Placement;

/// <summary>Another region as this one knows it: its summary, when contact was, and what was sent there.</summary>
internal sealed class Peer(RegionId region, double? roundTripMs = null)
{
    private readonly Queue<(DateTimeOffset At, Capacity Demand, long DeviceMilli)> _recent = new();
    private Capacity _recentSum;

    public RegionId Region => region;

    /// <summary>Round trip to it by the region's own link table; null: not known.</summary>
    public double? RoundTripMs => roundTripMs;

    public RegionSummary? Summary { get; private set; }

    /// <summary>Grows with every summary that says something new.</summary>
    public long Changes { get; private set; }

    /// <summary>When a beat or an answer of it last arrived. After a restart: the time of the restart.</summary>
    public DateTimeOffset HeardAt { get; private set; }

    /// <summary>True once it was heard in this activation.</summary>
    public bool WasHeard { get; private set; }

    /// <summary>When the newest beat of ours that it answered was sent. After a restart: far enough back that running guests stop soon without an answer.</summary>
    public DateTimeOffset AckedAt { get; private set; }

    /// <summary>True once it answered a beat of this activation: only then are its guests started.</summary>
    public bool WasAcked { get; private set; }

    /// <summary>Demand of everything delegated there that has not ended.</summary>
    public Capacity Delegated { get; private set; }

    public int DelegatedTasks { get; private set; }

    /// <summary>Thousandths of devices, of whatever model, of everything delegated there that has not ended.</summary>
    public long DelegatedDeviceMilli { get; private set; }

    /// <summary>Thousandths of devices sent there since it said what is free.</summary>
    public long SentDeviceMilli { get; private set; }

    /// <summary>What it says is free, less what was sent since.</summary>
    public Capacity Free => (Summary?.Free ?? Capacity.Zero) - _recentSum;

    public void StartClocks(DateTimeOffset heard, DateTimeOffset acked) => (HeardAt, AckedAt) = (heard, acked);

    /// <summary>Takes in a summary unless a newer one is known. Either way it was heard. <paramref name="settle"/>: how long a delegation takes to show in it.</summary>
    /// <returns>True when it says something new, or counts as having more free.</returns>
    public bool Hear(RegionSummary summary, DateTimeOffset now, TimeSpan settle)
    {
        HeardAt = now;
        WasHeard = true;
        if (Summary is not null && (summary.RegionEpoch, summary.Sequence).CompareTo((Summary.RegionEpoch, Summary.Sequence)) <= 0) return false;
        var news = Summary is null || Summary with { Sequence = summary.Sequence, At = summary.At, NodeSizes = summary.NodeSizes, Devices = summary.Devices, Labels = summary.Labels, Prices = summary.Prices, Isolations = summary.Isolations } != summary
            || !Summary.Devices.AsSpan().SequenceEqual(summary.Devices.AsSpan())
            || Summary.Isolations.IsDefault != summary.Isolations.IsDefault || !Summary.Isolations.AsSpan().SequenceEqual(summary.Isolations.AsSpan())
            || Summary.Labels.IsDefault != summary.Labels.IsDefault || !Summary.Labels.AsSpan().SequenceEqual(summary.Labels.AsSpan());
        Summary = summary;
        if (news) Changes++;
        while (_recent.TryPeek(out var sent) && sent.At < now - settle)
        {
            _recentSum -= sent.Demand;
            SentDeviceMilli -= sent.DeviceMilli;
            _recent.Dequeue();
            news = true;
        }

        return news;
    }

    public void Acked(DateTimeOffset sentAt)
    {
        WasAcked = true;
        if (sentAt > AckedAt) AckedAt = sentAt;
    }

    public void Delegate(Demand demand, DateTimeOffset now)
    {
        Recall(demand);
        _recent.Enqueue((now, demand.Capacity, DeviceMilli(demand)));
        _recentSum += demand.Capacity;
        SentDeviceMilli += DeviceMilli(demand);
    }

    /// <summary>Counts work that was there before this activation.</summary>
    public void Recall(Demand demand)
    {
        Delegated += demand.Capacity;
        DelegatedDeviceMilli += DeviceMilli(demand);
        DelegatedTasks++;
    }

    public void TakeBack(Demand demand)
    {
        Delegated -= demand.Capacity;
        DelegatedDeviceMilli -= DeviceMilli(demand);
        DelegatedTasks--;
    }

    /// <summary>By its first way: which one the other region takes is not known.</summary>
    public static long DeviceMilli(Demand demand) => demand.NeedsDevices && demand.DeviceAsks()[0] is var ask ? (long)ask.Count * ask.ShareMilli : 0;
}
