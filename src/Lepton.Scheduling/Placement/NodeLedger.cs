using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Lepton.Model;

namespace Lepton.Scheduling.Placement;

/// <summary>
/// What is free on every node of a region: capacity less what nodes hold and less what is on its way to them. Offered entries leave when the
/// task waits again or is over; held ones only by the node's own word.
/// </summary>
internal sealed class NodeLedger
{
    private static readonly Comparer<NodeEntry> ByName = Comparer<NodeEntry>.Create((a, b) => a.Id.CompareTo(b.Id));

    private readonly List<NodeEntry> _nodes = [];
    private readonly Dictionary<NodeId, NodeEntry> _byId = [];
    private readonly Dictionary<TaskId, NodeEntry> _offers = [];
    private int[] _touched = new int[16];

    /// <summary>In the order of their names: the order of ties.</summary>
    public IReadOnlyList<NodeEntry> Nodes => _nodes;

    /// <summary>The same without a cost: for the loop that runs once per assignment.</summary>
    public ReadOnlySpan<NodeEntry> NodeSpan => CollectionsMarshal.AsSpan(_nodes);

    /// <summary>Grows with every change.</summary>
    public long Revision { get; private set; }

    /// <summary>Grows whenever something may fit that did not fit before.</summary>
    public long Openings { get; private set; }

    /// <summary>Changes of single nodes so far; the last <see cref="TouchesKept"/> can be asked for.</summary>
    public long Touches { get; private set; }

    public int TouchesKept => _touched.Length;

    /// <summary>Grows when a node has said anew what it is.</summary>
    public long Respecified { get; private set; }

    /// <summary>Grows when the numbers of nodes have changed.</summary>
    public int Layout { get; private set; }

    public int TouchedAt(long touch) => _touched[touch & (_touched.Length - 1)];

    /// <summary>The node of the newest offer.</summary>
    public NodeEntry? LastOffered { get; private set; }

    public NodeEntry? Find(NodeId node) => _byId.GetValueOrDefault(node);

    /// <summary>The picture that the store has of a node.</summary>
    public void Load(NodeRow row)
    {
        var entry = Entry(row.Node);
        entry.Epoch = row.Epoch;
        entry.Version = null;
        entry.Phase = row.Phase;
        if (entry.Respecify(row.Spec)) Respecified++;
        entry.Devices.Apply(row.Devices);
        entry.LastBeat = row.ChangedAt;
        foreach (var grant in row.Grants) entry.Hold(grant.Attempt, grant.Demand, grant.Devices);
        Changed(entry, opens: true);
    }

    public void Offer(TaskId task, int after, NodeId node, Capacity demand, ImmutableArray<DeviceGrant> devices = default)
    {
        Retract(task);
        var entry = Entry(node);
        entry.Offer(task, after, demand, devices);
        _offers[task] = entry;
        LastOffered = entry;
        Changed(entry, opens: false);
    }

    public void Unoffer(TaskId task)
    {
        if (_offers.Remove(task, out var entry) && entry.Unoffer(task)) Changed(entry, opens: true);
    }

    /// <summary>Takes back what was tried within one pass: nothing opens by it, what did not fit before does not fit now.</summary>
    public void Retract(TaskId task)
    {
        if (_offers.Remove(task, out var entry) && entry.Unoffer(task)) Changed(entry, opens: false);
    }

    /// <summary>A node that did not take what it was offered is left alone for a while, so that a pass does not meet it again at once.</summary>
    public void Rest(NodeId node, DateTimeOffset until)
    {
        if (_byId.TryGetValue(node, out var entry) && until > entry.RestsUntil) entry.RestsUntil = until;
    }

    /// <summary>Says for whom a node's room is held; null: for nobody.</summary>
    public void HoldBack(NodeEntry node, string? heldFor)
    {
        var opens = node.HeldFor is not null && heldFor is null;
        var changes = opens || (node.HeldFor is null && heldFor is not null);
        node.HeldFor = heldFor;
        if (changes) Changed(node, opens);
    }

    /// <summary>Ends rests that are over. Returns when the next one is.</summary>
    public DateTimeOffset? WakeRested(DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        foreach (var node in _nodes)
        {
            var resting = node.RestsUntil > now;
            if (resting && (next is null || node.RestsUntil < next)) next = node.RestsUntil;
            if (node.IsResting == resting) continue;
            node.IsResting = resting;
            Changed(node, opens: !resting);
        }

        return next;
    }

    /// <summary>Takes in what a node says. Older epochs and versions change nothing; a gap is answered with the wish for everything.</summary>
    public Reply Apply(NodeChanged change)
    {
        var entry = _byId.GetValueOrDefault(change.Node);
        if (entry is not null && change.NodeEpoch < entry.Epoch) return Ack.Done;
        var sameEpoch = entry is not null && change.NodeEpoch == entry.Epoch;
        if (sameEpoch && change.Version <= entry!.Version && !(change.Full && change.Version == entry.Version)) return Ack.Done;
        if (!change.Full && !(sameEpoch && entry!.Version + 1 == change.Version)) return WantFull.Please;

        entry ??= Entry(change.Node);
        var before = (entry.Epoch, entry.Version, entry.Phase, entry.Free, entry.RestsUntil);
        if (change.Full)
        {
            var holds = change.Added.Select(h => h.Attempt).ToHashSet();
            foreach (var gone in entry.Held.Keys.Where(a => !holds.Contains(a)).ToList()) entry.Release(gone);
        }

        foreach (var freed in change.Freed)
        {
            entry.Release(freed);
            EndOffer(entry, freed);         // granted and freed in one message
        }

        foreach (var held in change.Added)
        {
            EndOffer(entry, held.Attempt);
            entry.Hold(held.Attempt, held.Demand, held.Devices);
        }

        entry.Epoch = change.NodeEpoch;
        entry.Version = change.Version;
        entry.Phase = change.Phase;
        if (entry.Respecify(change.Spec)) Respecified++;
        entry.Devices.Apply(change.Devices);
        if (change.LastBeat > entry.LastBeat) entry.LastBeat = change.LastBeat;
        entry.RestsUntil = default;
        // A sign of life that says nothing new must not make the region plan again: what fitted nowhere still fits nowhere.
        var opens = before.Epoch != entry.Epoch || before.Version is null || before.Phase != entry.Phase || before.RestsUntil != default
            || change.Full || change.Spec is not null || !change.Devices.IsDefaultOrEmpty || !change.Freed.IsDefaultOrEmpty
            || entry.Free.MilliCpu > before.Free.MilliCpu || entry.Free.MemoryBytes > before.Free.MemoryBytes;
        if (opens || !change.Added.IsDefaultOrEmpty) Changed(entry, opens);
        return Ack.Done;
    }

    /// <summary>The node has spoken of the attempt that was on its way to it: from now on its word counts.</summary>
    private void EndOffer(NodeEntry entry, AttemptId attempt)
    {
        if (_offers.GetValueOrDefault(attempt.Task) == entry && entry.Unoffer(attempt)) _offers.Remove(attempt.Task);
    }

    private NodeEntry Entry(NodeId node)
    {
        if (_byId.TryGetValue(node, out var known)) return known;
        var entry = new NodeEntry(node) { Phase = NodePhase.Joining };
        var at = ~_nodes.BinarySearch(entry, ByName);
        _nodes.Insert(at, entry);
        for (var i = at; i < _nodes.Count; i++) _nodes[i].Number = i;
        if (_nodes.Count > _touched.Length) Array.Resize(ref _touched, _touched.Length * 2);
        Layout++;
        _byId.Add(node, entry);
        return entry;
    }

    private void Changed(NodeEntry entry, bool opens)
    {
        _touched[Touches++ & (_touched.Length - 1)] = entry.Number;
        Revision++;
        if (opens) Openings++;
    }
}
