using System.Globalization;
using Lepton.Model;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Queueing;
using Lepton.Scheduling.Queueing.Reserving;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>What is said of the room that is kept for a task or gang, and when it starts.</content>
public sealed partial class RegionMachine
{
    /// <summary>What is being done for a task that waits; null when nothing is.</summary>
    private Verdict? RoomVerdict(TaskId task, Moment now)
    {
        if (RoomOf(task) is not { } room) return null;
        var where = string.Join(", ", room.Pieces.Take(3).Select(p => $"{_ledger.Nodes[p.Node].Id}")) + (room.Pieces.Length > 3 ? $" and {room.Pieces.Length - 3} more" : "");
        var whom = room.Count == 1 ? "it" : $"the {room.Count} members of its gang";
        if (room.IsHeld)
        {
            var victims = _flights.Values.Where(f => f.IsPutOff && f.Node is { } at && IsOn(room, at)).OrderBy(f => f.Task).ToList();
            var grace = victims.Count == 0 ? TimeSpan.Zero : victims.Max(f => f.Grace);
            return new(
                PendingReason.WaitingForVictims,
                $"{Wording.Count(victims.Count, "task")} of {where} make room for {whom}, with {Wording.Seconds(grace)} to checkpoint{(victims.Count > 0 ? $": {string.Join(", ", victims.Take(3).Select(f => f.Task))}" : "")}",
                "wait: the room is held for it");
        }

        var start = new DateTimeOffset(room.Start, TimeSpan.Zero);
        return new(
            PendingReason.InsufficientCapacity,
            string.Create(CultureInfo.InvariantCulture, $"room on {where} is reserved for {whom} from {Wording.Time(start)} on, in {Wording.Seconds(start - now.At)}"),
            "wait: what starts before it does not delay it");
    }

    /// <summary>The room of a task, or of the gang whose member it is.</summary>
    private Reservation? RoomOf(TaskId task)
    {
        if (_rooms.TryGet(task, out var room)) return room;
        foreach (var member in GangOf(task))
        {
            if (_rooms.TryGet(member, out room)) return room;
        }

        return null;
    }

    /// <summary>The members of its gang that wait, in order; none when it is of no gang.</summary>
    private IEnumerable<TaskId> GangOf(TaskId task)
    {
        if (_queue.Find(task)?.Run is { } run) return run.Gang?.Members.Select(index => new TaskId(task.Job, index)).Where(member => _queue.Find(member) is not null) ?? [];
        if (_queue.Find(task.Job) is not { } job || !job.Has(task.Index) || job.GroupOf(task.Index).Group is not { Template.IsGang: true } group) return [];
        var first = task.Index - ((task.Index - group.First) % group.Template.GangSize);
        return Enumerable.Range(first, group.Template.GangSize).Where(index => job.PlaceOf(index) is TaskPlace.Fresh or TaskPlace.Again).Select(index => new TaskId(task.Job, index));
    }

    /// <summary>When it would start here, by run times of the past: with those that run shorter, as expected, and longer.</summary>
    private StartEstimate? StartOf(TaskShape shape, TaskId task, TimeSpan? bound, Moment now)
    {
        if (!shape.Allows(_self) || _roomsLayout != _ledger.Layout) return null;
        var members = Math.Max(1, GangOf(task).Count());
        bool MayUse(int number) => OwnRegion.CouldEverFit(shape, _ledger.Nodes[number]) && !_standby.IsHeld(number);
        DateTimeOffset? At(double stretch)
        {
            _times.Stretch = stretch;
            var start = _rooms.When(_desk.AmountsOf(shape), bound?.Ticks ?? CapacityProfile.Never, now.At.Ticks, _times, MayUse, members, LimitsBeside(shape, task, now));
            _times.Stretch = 1;
            return start is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        }

        var expected = RoomOf(task) is { IsHeld: false } room ? new DateTimeOffset(Math.Max(room.Start, now.At.Ticks), TimeSpan.Zero) : At(1);
        if (expected is not { } at) return null;
        var (early, late) = (At(0.5) ?? at, At(2) ?? at);
        return new StartEstimate(early < at ? early : at, at, late > at ? late : at);
    }
}
