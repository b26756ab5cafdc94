using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.StateMachines.Nodes;

/// <summary>
/// What the region has still to hear of a node: one message on its way at a time, changes in between put together. The first of an activation is full.
/// </summary>
internal sealed class NodeNews
{
    private readonly OrderedDictionary<AttemptId, Held> _added = [];
    private readonly HashSet<AttemptId> _freedSet = [];
    private readonly List<AttemptId> _freed = [];
    private long _version;
    private bool _onItsWay;
    private bool _full = true;
    private bool _spec;
    private bool _devices;
    private bool _any;

    /// <summary>The phase changed, or it is time for a sign of life.</summary>
    public void Touch() => _any = true;

    public void DevicesChanged() => (_any, _devices) = (true, true);

    public void Respecified() => (_any, _spec) = (true, true);

    /// <summary>Say everything next time: the region asked for it, or our epoch has changed.</summary>
    public void SayAll() => (_any, _full) = (true, true);

    public void Added(Grant grant)
    {
        _any = true;
        if (_freedSet.Remove(grant.Attempt)) _freed.Remove(grant.Attempt);      // applied in any order, the newest must win
        _added[grant.Attempt] = HeldBy(grant);
    }

    public void Freed(AttemptId attempt)
    {
        _any = true;
        _added.Remove(attempt);
        if (_freedSet.Add(attempt)) _freed.Add(attempt);
    }

    /// <summary>The message on its way was answered.</summary>
    public void Answered(bool wantsAll)
    {
        _onItsWay = false;
        if (wantsAll) SayAll();
    }

    /// <summary>The next message, or null while there is none or one is on its way.</summary>
    public NodeChanged? Next(NodeRow row, ImmutableArray<DeviceState> devices, IEnumerable<LiveGrant> grants, DateTimeOffset lastBeat)
    {
        if (!_any || _onItsWay) return null;
        ImmutableArray<Held> added = _full
            ? [.. grants.Select(grant => HeldBy(grant.Grant))]
            : [.. _added.Values];
        var message = new NodeChanged(
            row.Node,
            row.Epoch,
            ++_version,
            row.Phase,
            _full || _spec ? row.Spec : null,
            _full,
            added,
            _full ? [] : [.. _freed],
            lastBeat)
        {
            Devices = _full || _devices || _spec ? devices : default,
        };
        (_onItsWay, _any, _full, _spec, _devices) = (true, false, false, false, false);
        _added.Clear();
        _freed.Clear();
        _freedSet.Clear();
        return message;
    }

    private static Held HeldBy(Grant grant) => new(grant.Attempt, grant.Demand) { Devices = grant.Devices };
}
