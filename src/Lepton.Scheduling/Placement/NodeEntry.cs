using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement.Granting;

namespace Lepton.Scheduling.Placement;

/// <summary>A node in a region's ledger: what it last said of itself, and everything counted as taken on it.</summary>
internal sealed class NodeEntry(NodeId id)
{
    private readonly Dictionary<AttemptId, Capacity> _held = [];
    private readonly Dictionary<TaskId, (int After, Capacity Demand)> _offered = [];
    private readonly Dictionary<AttemptId, ImmutableArray<DeviceGrant>> _heldDevices = [];
    private readonly Dictionary<TaskId, ImmutableArray<DeviceGrant>> _offeredDevices = [];

    public NodeId Id => id;

    /// <summary>Its place in the order of names.</summary>
    public int Number { get; set; }

    /// <summary>Number of the zone that its labels name; -1: none.</summary>
    public int ZoneDomain { get; set; } = -1;

    /// <summary>Number of the rack that its labels name; -1: none.</summary>
    public int RackDomain { get; set; } = -1;

    /// <summary>Its devices: what they are, how they do, what of each is taken.</summary>
    public NodeDevices Devices { get; } = new();

    public Epoch Epoch { get; set; }

    /// <summary>Version of the newest change taken in; null: read from the store, so only a full account can follow.</summary>
    public long? Version { get; set; }

    public NodePhase Phase { get; set; }

    public NodeSpec? Spec { get; private set; }

    public Capacity Total => Spec?.Capacity ?? Capacity.Zero;

    public Capacity Taken { get; private set; }

    public Capacity Free => Total - Taken;

    public DateTimeOffset LastBeat { get; set; }

    /// <summary>It refused or never began what was offered: nothing more is offered before this time.</summary>
    public DateTimeOffset RestsUntil { get; set; }

    /// <summary>Set at the start of a pass from <see cref="RestsUntil"/>.</summary>
    public bool IsResting { get; set; }

    /// <summary>Its room is held for others: for whom, in words. Null: it is anybody's.</summary>
    public string? HeldFor { get; set; }

    /// <summary>Tasks on their way to it.</summary>
    public IEnumerable<TaskId> Offered => _offered.Keys;

    /// <summary>Attempts granted or on their way.</summary>
    public int Attempts => _held.Count + _offered.Count;

    public IReadOnlyDictionary<AttemptId, Capacity> Held => _held;

    /// <summary>The failure domain it stands in; -1: its labels name none.</summary>
    public int DomainAt(DomainLevel level) => level switch
    {
        DomainLevel.Node => Number,
        DomainLevel.Rack => RackDomain,
        DomainLevel.Zone => ZoneDomain,
        _ => 0,
    };

    /// <returns>True when it is another than before.</returns>
    public bool Respecify(NodeSpec? spec)
    {
        if (spec is null || ReferenceEquals(spec, Spec)) return false;
        Spec = spec;
        if (!Devices.IsEmpty || !spec.Devices.IsDefaultOrEmpty) Devices.Respecify(spec.Devices);
        return true;
    }

    /// <summary>Counts a task as placed here before the node knows. <paramref name="after"/>: number of the newest attempt known then.</summary>
    public void Offer(TaskId task, int after, Capacity demand, ImmutableArray<DeviceGrant> devices = default)
    {
        Unoffer(task);
        _offered[task] = (after, demand);
        Taken += demand;
        if (devices.IsDefaultOrEmpty) return;
        _offeredDevices[task] = devices;
        Devices.Take(devices);
    }

    public bool Unoffer(TaskId task)
    {
        if (!_offered.Remove(task, out var offer)) return false;
        Taken -= offer.Demand;
        if (_offeredDevices.Remove(task, out var devices)) Devices.GiveBack(devices);
        return true;
    }

    /// <summary>Takes the offer back if it was for this attempt, not for a later one.</summary>
    public bool Unoffer(AttemptId attempt) =>
        _offered.TryGetValue(attempt.Task, out var offer) && attempt.Number > offer.After && Unoffer(attempt.Task);

    /// <summary>The node holds this.</summary>
    public void Hold(AttemptId attempt, Capacity demand, ImmutableArray<DeviceGrant> devices = default)
    {
        Release(attempt);
        _held[attempt] = demand;
        Taken += demand;
        if (devices.IsDefaultOrEmpty) return;
        _heldDevices[attempt] = devices;
        Devices.Take(devices);
    }

    public bool Release(AttemptId attempt)
    {
        if (!_held.Remove(attempt, out var demand)) return false;
        Taken -= demand;
        if (_heldDevices.Remove(attempt, out var devices)) Devices.GiveBack(devices);
        return true;
    }
}
