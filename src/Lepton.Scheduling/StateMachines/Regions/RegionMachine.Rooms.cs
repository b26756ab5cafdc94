using System.Globalization;
using Lepton.Model;
using Lepton.Scheduling.Estimation;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Queueing.Preempting;
using Lepton.Scheduling.Queueing.Reserving;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>
/// Room for those who cannot start: nodes on standby, reservations with backfill in front of them, and others put off. All of it is memory only: a
/// new activation begins without, which delays, and breaks nothing.
/// </content>
public sealed partial class RegionMachine
{
    /// <summary>Kinds of resource that reservations look at.</summary>
    private const int ReservedKinds = 32;

    /// <summary>Searches for victims in one pass, and the pause after a pass that had some.</summary>
    private const int SearchesPerPass = 4;

    /// <summary>Tasks for which room is looked for in one pass: the first ones that find none.</summary>
    private const int AsksPerPass = 64;

    private static readonly TimeSpan SearchEvery = TimeSpan.FromSeconds(1);

    private readonly ReservationBook<TaskId> _rooms = new(ReservedKinds);
    private readonly Dictionary<TaskId, DateTimeOffset> _holds = [];
    private Standby _standby = new(0, 0);
    private HashSet<int> _needed = [];              // nodes that are not put on standby in this pass: the only ones that suit somebody who waits
    private HashSet<int> _neededNext = [];
    private NodeTimes _times = null!;
    private VictimSearch _search = null!;
    private PreemptionRules _rules = null!;
    private List<RunningTask>? _running;
    private DateTimeOffset _searchAt;
    private DateTimeOffset _improveAt;
    private int _searches;
    private int _asks;
    private int _roomsLayout = -1;
    private bool _holdsBack;

    /// <summary>Who asks for room in this pass, with what is known of it.</summary>
    private readonly record struct Asker(
        TaskId Task, int Queue, int Priority, RunTimeKey Learns, RunTimeEstimate? Estimate, TimeSpan? Bound, DateTimeOffset Since, bool LostItsPlace)
    {
        /// <summary>Members of a gang, for all of which <see cref="Task"/>, the first that waits, speaks; 1 for a task.</summary>
        public int Members { get; init; } = 1;
    }

    private void MakeRooms()
    {
        _standby = new Standby(_settings.StandbyNodes, _settings.StandbyPercent);
        _times = new NodeTimes(_ledger, _desk, _flights);
        _rules = new PreemptionRules(_desk.Tree, _desk.Quotas, _settings.MinimumRun);
        _search = new VictimSearch(_desk.Tree, _desk.Quotas, _rules);
    }

    private void BeginRooms(Moment now)
    {
        (_running, _searches, _asks) = (null, now.At >= _searchAt ? SearchesPerPass : 0, AsksPerPass);
        (_needed, _neededNext) = (_neededNext, _needed);
        _neededNext.Clear();
        if (_roomsLayout != _ledger.Layout)     // nodes have other numbers now
        {
            _rooms.Clear();
            _needed.Clear();
        }

        _roomsLayout = _ledger.Layout;
        _rooms.BeginPass();
        foreach (var (task, _) in _rooms.All.ToArray())
        {
            var isLate = _holds.TryGetValue(task, out var until) && until <= now.At;
            if (isLate) ForgetStops(task);
            if (isLate || PendingShape(task) is null) LeaveRoom(task);
        }

        var improves = now.At >= _improveAt;
        if (improves && _rooms.Count > 0) _improveAt = now.At + SearchEvery;
        if (_rooms.Count == 0 && _standby.IsOff && !_holdsBack) return;
        ChooseStandby();
        _holdsBack = false;
        foreach (var node in _ledger.Nodes) HoldBack(node);
    }

    /// <summary>Whoever did not ask in a whole pass needs no room kept: another task of its kind asks first, or it is held up otherwise.</summary>
    private void EndRooms()
    {
        foreach (var task in _rooms.Unconfirmed.ToArray()) LeaveRoom(task);
    }

    private void ChooseStandby()
    {
        if (_standby.IsOff) return;
        var (ready, empty) = (new bool[_ledger.Nodes.Count], new bool[_ledger.Nodes.Count]);
        foreach (var node in _ledger.Nodes)
        {
            ready[node.Number] = node.Phase == NodePhase.Ready && node.Spec is not null;
            empty[node.Number] = ready[node.Number] && node.Attempts == 0 && CanBeSpared(node);
        }

        _standby.Choose(ready, empty);
    }

    /// <summary>
    /// Another ready node that is not on standby has as much of everything: what fits this one fits that one too. Of equals the first stays. What else can
    /// keep a task from that other node is not compared: whoever is kept from all but those on standby speaks up itself (<see cref="Need"/>).
    /// </summary>
    private bool CanBeSpared(NodeEntry node)
    {
        if (_needed.Contains(node.Number)) return false;
        foreach (var other in _ledger.Nodes)
        {
            if (other == node || other.Phase != NodePhase.Ready || other.Spec is not { } spec || _standby.IsHeld(other.Number)) continue;
            if (!spec.Capacity.Fits(node.Spec!.Capacity) || !HasDevicesOf(spec, node.Spec)) continue;
            if (_standby.IsHeld(node.Number) || other.Number < node.Number || !node.Spec.Capacity.Fits(spec.Capacity)) return true;
        }

        return false;
    }

    /// <summary>
    /// Tasks that start together, or a single one, for which no nodes but those on standby would ever suffice take off as many as they lack: they are held
    /// for such tasks, too. Every node that a gang counts on is marked, so that standby does not wander to another of them. Where all nodes together
    /// would not do, none is taken. O(nodes) for a task, O(nodes × (log nodes + standby × rules)) for a gang.
    /// </summary>
    private void Need(TaskShape shape, int members, Moment now)
    {
        if (_standby.Held == 0 && _needed.Count == 0) return;
        var (rooms, spared, pieces) = (new List<(int Node, int Room)>(), new List<NodeEntry>(), new List<Piece>());
        foreach (var node in _ledger.Nodes)
        {
            if (node.Phase != NodePhase.Ready || node.Spec is null || !OwnRegion.CouldEverFit(shape, node) || shape.IsKeptOff(node)) continue;
            if (_standby.IsHeld(node.Number) || _needed.Contains(node.Number)) spared.Add(node);
            else if (members == 1) return;
            else rooms.Add(RoomOn(node));
        }

        if (spared.Count == 0 || FitInto(shape, rooms, members, now, pieces)) return;
        spared = [.. spared.OrderByDescending(n => _needed.Contains(n.Number))];
        for (var taken = 0; taken < spared.Count; taken++)
        {
            rooms.Insert(taken, RoomOn(spared[taken]));
            if (!FitInto(shape, rooms, members, now, pieces)) continue;
            foreach (var piece in pieces) _neededNext.Add(piece.Node);
            WakeFor(now.At + SearchEvery);
            return;
        }

        (int Node, int Room) RoomOn(NodeEntry node) => (node.Number, (int)Math.Min(members, OwnRegion.MostOn(shape, node)));
    }

    /// <summary>Where all members of a gang would stand, in keeping with its rules, when nothing else runs there.</summary>
    private bool FitInto(TaskShape shape, List<(int Node, int Room)> rooms, int members, Moment now, List<Piece> into)
    {
        if (members > 1 && LimitsOf(shape, new TaskId(Nobody, 0), now) is { } limits)
        {
            limits.Empty();
            return limits.Place(members, rooms, into);
        }

        foreach (var (node, room) in rooms)
        {
            var here = Math.Min(members, room);
            if (here > 0) into.Add(new Piece(node, here));
            members -= here;
            if (members == 0) return true;
        }

        into.Clear();
        return false;
    }

    private static bool HasDevicesOf(NodeSpec other, NodeSpec spec)
    {
        if (spec.Devices.IsDefaultOrEmpty) return true;
        return !other.Devices.IsDefault && spec.Devices.CountBy(d => (d.Model, d.MigProfile)).All(kind => other.Devices.Count(d => (d.Model, d.MigProfile) == kind.Key) >= kind.Value);
    }

    private void HoldBack(NodeEntry node)
    {
        var holders = _rooms.HoldersOn(node.Number);
        var heldFor = holders.Count > 0 ? $"for {holders[0]}" : _standby.IsHeld(node.Number) ? "on standby" : null;
        _ledger.HoldBack(node, heldFor);
        _holdsBack |= heldFor is not null;
    }

    /// <summary>Whoever was told to make room has not heard, or not obeyed: it may be asked again.</summary>
    private void ForgetStops(TaskId preemptor)
    {
        if (!_rooms.TryGet(preemptor, out var room)) return;
        foreach (var flight in _flights.Values) flight.IsPutOff &= flight.Node is not { } at || !IsOn(room, at);
    }

    private bool IsOn(Reservation room, NodeId node) => _ledger.Find(node) is { } entry && room.CountOn(entry.Number) > 0;

    private void LeaveRoom(TaskId task)
    {
        _holds.Remove(task);
        if (!_rooms.TryGet(task, out var room)) return;
        _rooms.Release(task);
        HoldBack(room);
    }

    private void HoldBack(Reservation room)
    {
        foreach (var piece in room.Pieces)
        {
            if (piece.Node < _ledger.Nodes.Count) HoldBack(_ledger.Nodes[piece.Node]);
        }
    }

    /// <summary>A node that is held back and yet may be used: its own room, room in front of a reservation, or standby after a loss.</summary>
    private Choice ChooseHeld(TaskShape shape, Asker asker, Moment now, bool onlyMine = false)
    {
        if (!_holdsBack || !shape.Allows(_self)) return Choice.Nowhere;
        var end = EndOf(asker, now);
        var mine = _rooms.TryGet(asker.Task, out var room);
        var keepers = KeptFrom(shape, asker, end, now);
        foreach (var node in _ledger.Nodes)
        {
            if (node.HeldFor is null || (_standby.IsHeld(node.Number) && !asker.LostItsPlace)) continue;
            var isMine = mine && room!.CountOn(node.Number) > 0;
            if (onlyMine && !isMine) continue;
            if (!_rooms.Admits(node.Number, _desk.AmountsOf(shape), now.At.Ticks, end, _times, asker.Task, respectAll: isMine) || !MayStandOn(node, keepers)) continue;
            var choice = _picker.PickHeld(shape, node);
            if (!choice.IsNowhere) return choice;
        }

        return Choice.Nowhere;
    }

    /// <summary>It found no room anywhere: others are put off for it, or the first room there will be is kept for it.</summary>
    private void AskForRoom(TaskShape shape, Asker asker, bool hasQuota, Moment now, Effects effects)
    {
        if (_asks <= 0 || !shape.Allows(_self) || !CouldEverFitHere(shape)) return;
        if (hasQuota) Need(shape, asker.Members, now);
        _asks--;
        if (_holds.ContainsKey(asker.Task) || PutOffOthers(shape, asker, now, effects)) return;
        if (!hasQuota || _settings.Reservations <= 0) return;
        if (now.At - asker.Since < _settings.ReserveAfter)
        {
            WakeFor(asker.Since + _settings.ReserveAfter);
            return;
        }

        var keepers = KeptFrom(shape, asker, CapacityProfile.Never, now);
        bool MayUse(int number) => OwnRegion.CouldEverFit(shape, _ledger.Nodes[number]) && !_standby.IsHeld(number) && MayStandOn(_ledger.Nodes[number], keepers);
        if (_rooms.TryGet(asker.Task, out var old))
        {
            if (old.Count == asker.Members && now.At < _improveAt && old.Start >= now.At.Ticks) _rooms.Keep(asker.Task);
            else if (old.Count != asker.Members) LeaveRoom(asker.Task);         // it asks anew in the next pass
            else if (_rooms.Improve(asker.Task, now.At.Ticks, _times, MayUse, LimitsBeside(shape, asker.Task, now))) HoldBoth(old, asker.Task);
        }
        else
        {
            if (_rooms.Count >= _settings.Reservations && _rooms.TryLast(out var last)) LeaveRoom(last);
            if (_rooms.Count >= _settings.Reservations) return;
            var duration = asker.Bound?.Ticks ?? CapacityProfile.Never;
            if (_rooms.Reserve(asker.Task, _desk.AmountsOf(shape), duration, now.At.Ticks, _times, MayUse, asker.Members, LimitsBeside(shape, asker.Task, now)) is { } room) HoldBack(room);
        }

        WakeFor(now.At + SearchEvery);
    }

    private void HoldBoth(Reservation before, TaskId task)
    {
        HoldBack(before);
        if (_rooms.TryGet(task, out var room)) HoldBack(room);
    }

    private bool PutOffOthers(TaskShape shape, Asker asker, Moment now, Effects effects)
    {
        _running ??= Running();
        if (_running.Count == 0) return false;
        if (_searches <= 0)
        {
            WakeFor(_searchAt);
            return false;
        }

        if (!_running.Exists(r => r.Queue == asker.Queue ? r.Priority < asker.Priority : _desk.Tree.TopOf(r.Queue) == _desk.Tree.TopOf(asker.Queue))) return false;
        var preemptor = new Preemptor(asker.Queue, asker.Priority, Times(_desk.AmountsOf(shape), asker.Members), asker.Members) { Limits = LimitsBeside(shape, asker.Task, now) };
        _searches--;
        _searchAt = now.At + SearchEvery;
        WakeFor(_searchAt);
        var nodes = new List<(int, long[])>();
        foreach (var node in _ledger.Nodes)
        {
            if (node.Phase == NodePhase.Ready && !node.IsResting && IsOpenTo(asker.Task, node) && OwnRegion.CouldEverFit(shape, node)) nodes.Add((node.Number, _times.FreeOn(node)));
        }

        if (_search.Find(preemptor, _running, nodes, _desk.Totals, now.At) is not { Tasks.Count: > 0 } found) return false;
        var longest = TimeSpan.Zero;
        foreach (var victim in found.Tasks)
        {
            if (PutOff(victim, asker, effects) is var grace && grace > longest) longest = grace;
        }

        _running = null;
        LeaveRoom(asker.Task);
        _rooms.Hold(asker.Task, found.Pieces, _desk.AmountsOf(shape), CapacityProfile.Never, now.At.Ticks);
        _holds[asker.Task] = now.At + longest + (_settings.NodeLease * 2);
        if (_rooms.TryGet(asker.Task, out var held)) HoldBack(held);
        return true;
    }

    /// <summary>What so many of the same count as.</summary>
    private static long[] Times(long[] amounts, int times) => times == 1 ? amounts : [.. amounts.Select(amount => amount * times)];

    /// <summary>A task stops with its grace; a gang stops as a whole, and starts again as one.</summary>
    /// <returns>The longest time that one of them has.</returns>
    private TimeSpan PutOff(RunningTask victim, Asker asker, Effects effects)
    {
        if (victim.Members.Count == 0)
        {
            var flight = _flights[victim.Task];
            flight.IsPutOff = true;
            effects.Send(
                Address.Of(victim.Task, _self),
                new StopMember(new AttemptId(victim.Task, flight.Attempt), $"Put off for {asker.Task} of priority {asker.Priority}."),
                SendMode.UntilAnswered);
            return flight.Grace;
        }

        var longest = TimeSpan.Zero;
        foreach (var member in victim.Members)
        {
            var flight = _flights[member.Task];
            flight.IsPutOff = true;
            if (flight.Grace > longest) longest = flight.Grace;
        }

        Break(_flights[victim.Task], $"put off for {asker.Task} of priority {asker.Priority}", effects);
        return longest;
    }

    private bool IsOpenTo(TaskId task, NodeEntry node) =>
        node.HeldFor is null || (_rooms.TryGet(task, out var room) && room.CountOn(node.Number) > 0 && _rooms.HoldersOn(node.Number).Count == 1);
}
