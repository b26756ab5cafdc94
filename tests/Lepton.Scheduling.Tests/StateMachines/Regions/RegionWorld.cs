using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Regions;

namespace Lepton.Scheduling.Tests.StateMachines.Regions;

/// <summary>
/// Tasks and nodes around one region, reduced to what the region sees of them, over a network that delays, repeats and reorders. A bag of messages;
/// a seed says which comes next.
/// </summary>
internal sealed class RegionWorld
{
    private readonly SortedDictionary<TaskId, TaskRow> _tasks = [];
    private readonly SortedDictionary<NodeId, FakeNode> _nodes = [];
    private readonly List<JobRow> _jobs = [];
    private readonly List<Message> _bag = [];
    private SeedStream _chance;

    public RegionWorld(ulong seed, int nodes)
    {
        _chance = SeedStream.For(seed, "world");
        Settings = Some.Settings() with { Fleet = [Some.East], AssignmentsPerPass = 1 + _chance.Next(5) };
        Region = new MachineHarness(() => new RegionMachine(Some.East, Settings), Settings).Activate();
        for (var i = 0; i < nodes; i++)
        {
            var node = new FakeNode(new NodeId(Some.East, $"n{i}"), Some.Cpus(1000 * (1 + _chance.Next(4)), 4096));
            _nodes.Add(node.Id, node);
            Post(node.Say(true));
        }
    }

    public RegionSettings Settings { get; }

    public MachineHarness Region { get; private set; }

    public IReadOnlyDictionary<TaskId, TaskRow> Tasks => _tasks;

    public IReadOnlyList<JobRow> Jobs => _jobs;

    public void Submit(string key, int tasks, int priority, long milliCpu)
    {
        var spec = Specs.Job(Specs.Group("only", 0, tasks, Some.Template(milliCpu))) with { Priority = priority };
        var job = new JobId(Some.East, key);
        _jobs.Add(Specs.Row(spec, job));
        Post(Specs.Ready(spec, job));
    }

    /// <summary>One thing happens: a message arrives, an order is carried out, an attempt ends.</summary>
    /// <returns>False when there is nothing left to happen.</returns>
    public bool Step()
    {
        var orders = Region.Outbox.Where(s => s.Body is Dispatch or ClaimOwnership or FenceNode).ToList();
        var running = _tasks.Values.Where(t => t.Phase == TaskPhase.Leased).ToList();
        var choices = _bag.Count + orders.Count + running.Count;
        if (choices == 0) return false;
        var choice = _chance.Next(choices);
        var sent = Region.AllSent.Count;
        if (choice < _bag.Count) Deliver(choice);
        else if (choice < _bag.Count + orders.Count) CarryOut(orders[choice - _bag.Count].Body, orders[choice - _bag.Count].Number);
        else End(running[choice - _bag.Count - orders.Count]);
        AssertNothingOverCommitted(sent);
        return true;
    }

    /// <summary>Everything that can happen does, and pauses pass.</summary>
    public void Drain()
    {
        for (var steps = 0; steps < 5_000; steps++)
        {
            if (Step()) continue;
            var before = Region.AllSent.Count;
            Region.Pass(TimeSpan.FromSeconds(2));
            if (Region.AllSent.Count == before && _bag.Count == 0) return;
        }

        Assert.Fail("The world does not come to rest.");
    }

    /// <summary>The region's process dies; a new activation reads the store.</summary>
    public MachineHarness Reborn() => new MachineHarness(() => new RegionMachine(Some.East, Settings), Settings, Region.Stored)
        .WithRows([.. _jobs, .. _tasks.Values, .. _nodes.Values.Select(n => n.Row)])
        .Activate();

    public void Restart() => Region = Reborn();

    /// <summary>Every order is carried out and every message arrives; attempts go on.</summary>
    public void SettleNews()
    {
        for (var steps = 0; steps < 5_000; steps++)
        {
            var orders = Region.Outbox.Where(s => s.Body is Dispatch or ClaimOwnership or FenceNode).ToList();
            if (_bag.Count > 0) Deliver(0);
            else if (orders.Count > 0) CarryOut(orders[0].Body, orders[0].Number);
            else return;
        }

        Assert.Fail("The news does not settle.");
    }

    private void Post(Message message)
    {
        for (var copies = 1 + _chance.Next(3); copies > 0; copies--) _bag.Add(message);
    }

    private void Deliver(int at)
    {
        var message = _bag[at];
        _bag.RemoveAt(at);
        var reply = Region.Ask(message);
        if (reply is WantFull) Post(_nodes[((NodeChanged)message).Node].Say(true));
        else Assert.IsType<Ack>(reply);
    }

    /// <summary>The task writes an attempt, its node grants it or not.</summary>
    private void CarryOut(Message asked, long number)
    {
        var at = Region.Outbox.FindIndex(s => s.Number == number);
        Region.Outbox.RemoveAt(at);
        if (asked is not Dispatch order)
        {
            Region.Shell.Answered(number, asked is FenceNode fence ? _nodes[fence.Node].Fenced : RegionHarness.Seat);
            Region.Run();
            return;
        }

        var id = order.Run.Task;
        _tasks.TryGetValue(id, out var row);
        Assert.True(row is null || row.Phase == TaskPhase.Pending, $"Task {id} was dispatched while it is {row?.Phase}.");
        var attempt = new AttemptId(id, (row?.Attempt ?? 0) + 1);
        var node = _nodes[order.Node!.Value];
        var grants = _chance.Next(4) > 0 && node.Grants(attempt, order.Run.Template.Demand.Capacity);
        _tasks[id] = Specs.TaskRow(id.Index, grants ? TaskPhase.Leased : TaskPhase.Pending, attempt.Number, node.Id, job: id.Job);
        if (grants) Post(node.Say(false));
        else Post(new TaskWaits(attempt, Region.Now, AttemptEndCause.NotStarted, "refused", null, 0, null));
        Region.Shell.Answered(number, new Dispatched(attempt));
        Region.Run();
    }

    private void End(TaskRow row)
    {
        var attempt = new AttemptId(row.Task, row.Attempt);
        var node = _nodes[row.Current!.Node!.Value];
        node.Frees(attempt);
        var retry = _chance.Next(4) == 0;
        _tasks[row.Task] = Specs.TaskRow(row.Task.Index, retry ? TaskPhase.Pending : TaskPhase.Succeeded, row.Attempt, node.Id, job: row.Task.Job);
        Post(retry ? new TaskWaits(attempt, Region.Now, AttemptEndCause.NodeLost, "", null, 1, null) : new TaskSettled(row.Task, row.Attempt));
        Post(node.Say(false));
    }

    /// <summary>
    /// No order goes where the region knows of no room. (News of an older grant may come after its task was settled and its room given away: then
    /// more is counted than there is, and nothing is placed until the node has freed it.)
    /// </summary>
    private void AssertNothingOverCommitted(int from)
    {
        var ordered = Region.AllSent.Skip(from).Select(s => s.Body).OfType<Dispatch>().Select(d => d.Node).ToHashSet();
        foreach (var node in Region.View().Nodes.Where(n => ordered.Contains(n.Node)))
        {
            Assert.True(node.Total.Fits(node.Allocated), $"{node.Node} has {node.Total} and {node.Allocated} is taken.");
        }
    }

    private sealed class FakeNode(NodeId id, Capacity size)
    {
        private readonly SortedDictionary<string, Held> _held = [];
        private readonly List<Held> _added = [];
        private readonly List<AttemptId> _freed = [];
        private long _version;

        public NodeId Id => id;

        public NodeSpec Spec { get; } = new(size, [], ImmutableSortedDictionary<string, string>.Empty, "1.0");

        public NodeRow Row => new()
        {
            Node = id,
            Epoch = Some.Epoch1,
            Phase = NodePhase.Ready,
            Spec = Spec,
            Grants = [.. _held.Values.Select(h => new Grant(h.Attempt, h.Demand, Some.Epoch1, MachineHarness.Start, null, false, TimeSpan.Zero))],
        };

        public NodeFenced Fenced => new([.. _held.Values]);

        public bool Grants(AttemptId attempt, Capacity demand)
        {
            var taken = _held.Values.Aggregate(Capacity.Zero, (sum, h) => sum + h.Demand);
            if (!(size - taken).Fits(demand)) return false;
            _held.Add(attempt.ToString(), new Held(attempt, demand));
            _added.Add(new Held(attempt, demand));
            return true;
        }

        public void Frees(AttemptId attempt)
        {
            _held.Remove(attempt.ToString());
            _freed.Add(attempt);
        }

        public NodeChanged Say(bool full)
        {
            var message = new NodeChanged(
                id, Some.Epoch1, ++_version, NodePhase.Ready, Spec, full, full ? [.. _held.Values] : [.. _added], full ? [] : [.. _freed], MachineHarness.Start);
            _added.Clear();
            _freed.Clear();
            return message;
        }
    }
}
