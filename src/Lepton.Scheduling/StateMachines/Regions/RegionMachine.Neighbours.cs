using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Neighbours;
using Lepton.Scheduling.Queueing;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>
/// Rules about neighbours: a shape that is about to be placed is put among those that run here or are on their way, as their counts are now. A task is
/// counted from its dispatch until it has left, so longer than it runs, never shorter.
/// </content>
public sealed partial class RegionMachine
{
    private readonly HashSet<TaskShape> _hopelessAmong = [];
    private (long Nodes, long Peers, long Near) _hopelessAmongSince;
    private long? _missedAt;
    private long _entered;

    /// <summary>A task that found nowhere among its neighbours may find a place now that others have got theirs.</summary>
    private bool HaveNeighboursMoved => _missedAt is { } then && _entered > then;

    private void BeginCounting()
    {
        _missedAt = null;
        _near.Prune();
    }

    private void MissAmong(TaskShape shape)
    {
        if (shape.Neighbours is not null) _missedAt ??= _entered;
    }

    private TaskShape Among(WaitingTask task) => task.Run is { } run
        ? Among(task.Shape, run.Tenant, task.Task.Job, run.Template)
        : _queue.Find(task.Task.Job) is { } job ? Among(task.Shape, job.Spec.Tenant, job.Job, job.GroupOf(task.Task.Index).Group.Template) : task.Shape;

    private TaskShape Among(TaskShape shape, TenantId tenant, JobId job, TaskTemplate template)
    {
        if (!_near.IsOn && Neighbourhood.HasRules(template)) StartCounting();
        var among = _near.IsOn ? _near.Of(shape, tenant, job, template) : template.IsGang ? _near.OfGang(shape) : shape;
        // A gang that is about to be tried has been collected before its shape is asked for; a gang that is explained finds its place anew with the next try.
        if (among.Neighbours is { Site: { } site } rules && _members.Count > 0) site.Settle(among, _members.Count, rules);
        return among;
    }

    private void StartCounting()
    {
        _near.Start();
        foreach (var flight in _flights.Values) Enter(flight);
    }

    private void Enter(Flight flight)
    {
        if (!_near.IsOn) return;
        var node = flight.Region == _self && flight.Node is { } id ? _ledger.Find(id) : null;
        var before = _near.Revision;
        _near.Enter(flight.Task, flight.Tenant, flight.Template, node, flight.Region);
        if (_near.Revision != before) _entered++;
    }

    /// <summary>A member of a gang that is tried: the next ones see it.</summary>
    private void EnterMember(TaskId task, WaitingTask? before, NodeEntry node)
    {
        if (!_near.IsOn) return;
        var (tenant, template) = before?.Run is { } run ? (run.Tenant, run.Template) : (_queue.Find(task.Job)!.Spec.Tenant, _queue.Find(task.Job)!.GroupOf(task.Index).Group.Template);
        _near.Enter(task, tenant, template, node, _self);
    }

    /// <summary>An attempt that is not where it was ordered to: its node's word counts.</summary>
    private void FollowGrants(NodeChanged change)
    {
        if (!_near.IsOn || change.Added.IsDefaultOrEmpty) return;
        foreach (var held in change.Added)
        {
            if (!_flights.TryGetValue(held.Attempt.Task, out var flight) || flight.Region != _self || held.Attempt.Number <= flight.After) continue;
            if (_near.NodeOf(flight.Task)?.Id != change.Node) _near.Enter(flight.Task, flight.Tenant, flight.Template, _ledger.Find(change.Node), _self);
        }
    }

    /// <summary>The node that holds an attempt which this region had lost sight of. Cost: O(nodes).</summary>
    private void FindGrant(Flight flight)
    {
        if (!_near.IsOn || flight.Region != _self) return;
        foreach (var node in _ledger.Nodes)
        {
            if (node.Held.ContainsKey(new AttemptId(flight.Task, flight.Attempt))) _near.Enter(flight.Task, flight.Tenant, flight.Template, node, _self);
        }
    }

    /// <summary>Shapes that fit nowhere as long as nothing opens and, where neighbours count, none of them moves.</summary>
    private HashSet<TaskShape> HopelessLike(TaskShape shape)
    {
        if (shape.Neighbours is null) return Hopeless();
        var since = (_ledger.Openings, _peers.Openings, _near.Revision);
        if (since == _hopelessAmongSince) return _hopelessAmong;
        _hopelessAmong.Clear();
        _hopelessAmongSince = since;
        return _hopelessAmong;
    }
}
