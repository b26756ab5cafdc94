using System.Text;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Nodes;
using Lepton.Scheduling.StateMachines.Tasks;

namespace Lepton.Scheduling.Tests.StateMachines.Together;

/// <summary>
/// Tasks, guests, nodes and agents over a network that loses, repeats and reorders, on machines that crash; jobs and regions are played by
/// the test. Everything that happens is decided by the numbers given.
/// </summary>
internal sealed class MessyWorld
{
    public const int Tasks = 5;
    private readonly Dictionary<Address, MessyActor> _actors = [];
    private readonly Dictionary<Address, MessyAgent> _agents = [];
    private readonly List<Packet> _network = [];
    private readonly Dictionary<TaskId, TaskPhase> _told = [];
    private readonly HashSet<int> _cancelled = [];
    private readonly NodeId[] _nodes = [Some.N1, Some.N2, Some.W1];
    private long _order;
    private int _epoch = 1;
    private ulong _seed;
    private DateTimeOffset _now = MachineHarness.Start;

    public MessyWorld()
    {
        foreach (var node in _nodes)
        {
            AddActor(Address.Of(node), () => new NodeMachine(node, Settings(node.Region)));
            _agents.Add(Address.Of(node), new MessyAgent(node, Some.Node(2000), this));
        }

        for (var index = 0; index < Tasks; index++)
        {
            var task = Some.Task(index);
            AddActor(Address.Of(task), () => new TaskMachine(task, Some.East, Settings(Some.East)));
            AddActor(Address.Of(task, Some.West), () => new GuestMachine(task, Some.West, Settings(Some.West)));
        }

        foreach (var agent in _agents.Values) agent.Start(false);
    }

    /// <summary>Attempts that an agent has ever started: each once in the whole world.</summary>
    public HashSet<AttemptId> Started { get; } = [];

    public Moment Now => new(_now, ++_seed);

    public RegionSettings Settings(RegionId region) => Some.Settings(region);

    /// <summary>Does what the number says.</summary>
    public void Step(int number)
    {
        var what = number / 16;
        switch (number % 16)
        {
            case 0 or 1 or 2 or 3: Deliver(what, false); break;
            case 4: Deliver(what, true); break;
            case 5: Lose(what); break;
            case 6 or 7: Order(what); break;
            case 8: Pass(TimeSpan.FromMilliseconds(200 * (1 + (what % 20)))); break;
            case 9: Pass(TimeSpan.FromSeconds(5)); break;
            case 10: _agents.Values.ElementAt(what % _agents.Count).Finish(what / 3, what % 5 == 0 ? AttemptEndCause.ExitNonZero : AttemptEndCause.Completed); break;
            case 11: _actors.Values.ElementAt(what % _actors.Count).Start(); break;
            case 12: _actors.Values.ElementAt(what % _actors.Count).Next = (MessyActor.Death)(1 + (what / 64 % 2)); break;
            case 13: _agents.Values.ElementAt(what % _agents.Count).Start(rebooted: what % 2 == 0); break;
            case 14: Trouble(what); break;
            default: DeliverAll(); break;
        }
    }

    /// <summary>Faults stop: everything arrives, regions place what waits, processes finish. Everything must end within a bound.</summary>
    public void Heal()
    {
        foreach (var actor in _actors.Values) actor.Next = MessyActor.Death.None;
        for (var second = 0; second < 300 && !IsOver; second++)
        {
            DeliverAll();
            foreach (var agent in _agents.Values) agent.Finish(0, AttemptEndCause.Completed);
            DeliverAll();
            foreach (var index in _cancelled) Send(Address.Of(Some.Task(index)), new CancelTask(Some.Task(index), "", false), _ => { });
            for (var index = 0; index < Tasks; index++)
            {
                Order(index * 4);
                Order((index * 4) + 3);
            }

            DeliverAll();
            Pass(TimeSpan.FromSeconds(1));
        }

        DeliverAll();
        Assert.True(IsOver, $"Not everything has ended:\n{Dump()}");
        foreach (var actor in _actors.Values)
        {
            Assert.True(actor.Stored?.Row is not GuestRow guest || guest.Phase == GuestPhase.Settled, Dump());
            if (actor.Stored?.Row is TaskRow) Assert.True(actor.Stored.Owed.IsEmpty, $"{actor.Address} owes still:\n{Dump()}");
        }

        for (var index = 0; index < Tasks; index++)
        {
            Assert.Equal(RowOf(index)!.Phase, _told[Some.Task(index)]);
        }
    }

    public string Dump()
    {
        var text = new StringBuilder();
        foreach (var actor in _actors.Values.OrderBy(actor => actor.Address.ToString(), StringComparer.Ordinal))
        {
            switch (actor.Stored?.Row)
            {
                case TaskRow row:
                    text.AppendLine($"{row.Key} {row.Phase} #{row.Attempt} retries {row.Retries} cancel {row.CancelAsked} {row.Message}");
                    foreach (var attempt in row.Attempts) text.AppendLine($"  {attempt.Number} {attempt.Region} {attempt.Node} {attempt.LeasedAt:O} {attempt.End?.Cause} {attempt.End?.Message}");
                    break;
                case GuestRow row:
                    text.AppendLine($"{row.Key} {row.Phase} {row.Attempt} {row.Node} {row.End?.Cause} stop {row.StopAsked}");
                    break;
                case NodeRow row:
                    text.AppendLine($"{row.Key} {row.Phase} epoch {row.Epoch} incarnation {row.Incarnation}");
                    foreach (var grant in row.Grants) text.AppendLine($"  {grant}");
                    break;
            }

            foreach (var owed in actor.Stored?.Owed ?? []) text.AppendLine($"  owes {owed.Number} {owed.Body.GetType().Name} to {owed.To}");
        }

        foreach (var (task, phase) in _told.OrderBy(pair => pair.Key)) text.AppendLine($"told {task} {phase}");
        foreach (var (address, agent) in _agents) text.AppendLine($"{address} {agent}");
        return text.ToString();
    }

    public void Send(Address to, Message body, Action<Reply> back) => _network.Add(new Packet(to, body, null, back));

    public void Answer(Action<Reply> back, Reply reply) => _network.Add(new Packet(default, null, reply, back));

    public void Hint(Address node) => _agents[node].Hint();

    /// <summary>What must be true of every write.</summary>
    public void Check(Address address, Row? before, Row after)
    {
        switch (after)
        {
            case NodeRow row:
                var taken = row.Grants.Aggregate(Capacity.Zero, (sum, grant) => sum + grant.Demand);
                Assert.True(row.Spec is null ? row.Grants.IsEmpty : row.Spec.Capacity.Fits(taken), $"{address} has granted {taken}.");
                Assert.Equal(row.Grants.Length, row.Grants.Select(grant => grant.Attempt.Task).Distinct().Count());
                Assert.True(before is not NodeRow node || (row.Epoch >= node.Epoch && row.Incarnation >= node.Incarnation && row.RegionEpoch >= node.RegionEpoch));
                break;
            case TaskRow row when before is TaskRow old:
                Assert.True(row.Attempt >= old.Attempt && row.Retries >= old.Retries, $"{address} counts backwards.");
                if (old.Phase.IsTerminal()) Assert.Same(old, row);
                if (old.CancelAsked) Assert.True(row.CancelAsked);
                break;
            case GuestRow row when before is GuestRow guest:
                var back = guest.Phase == GuestPhase.Leased && row.Phase == GuestPhase.Waiting;
                Assert.True(row.Attempt.Number >= guest.Attempt.Number);
                if (row.Attempt == guest.Attempt) Assert.True(row.Phase >= guest.Phase || back, $"{address} went from {guest.Phase} to {row.Phase}.");
                break;
        }
    }

    private bool IsOver =>
        Enumerable.Range(0, Tasks).All(index => RowOf(index)?.Phase.IsTerminal() == true && _told.ContainsKey(Some.Task(index)))
        && _actors.Values.All(actor => actor.Stored?.Row is not NodeRow row || row.Grants.IsEmpty)
        && _actors.Values.All(actor => actor.Stored?.Row is not TaskRow || actor.Stored.Owed.IsEmpty)
        && _actors.Values.All(actor => actor.Stored?.Row is not GuestRow row || row.Phase == GuestPhase.Settled)
        && _agents.Values.All(agent => agent.IsIdle);

    private TaskRow? RowOf(int index) => _actors[Address.Of(Some.Task(index))].Stored?.Row as TaskRow;

    private void AddActor(Address address, Func<IStateMachine> make)
    {
        var actor = new MessyActor(address, make, this);
        _actors.Add(address, actor);
        actor.Start();
    }

    private void Order(int what)
    {
        var run = Some.Run(what / 4 % Tasks, Some.Template(retry: RetryPolicy.Default with { Max = 2 }));
        var epoch = new Epoch(_epoch);
        switch (what % 4)
        {
            case 0: Send(Address.Of(run.Task), new Dispatch(run, Some.East, Some.N1, epoch, ++_order), _ => { }); break;
            case 1: Send(Address.Of(run.Task), new Dispatch(run, Some.East, Some.N2, epoch, ++_order), _ => { }); break;
            case 2: Send(Address.Of(run.Task), new Dispatch(run, Some.West, null, epoch, ++_order), _ => { }); break;
            default: Send(Address.Of(run.Task, Some.West), new Dispatch(run, Some.West, Some.W1, epoch, ++_order), _ => { }); break;
        }
    }

    private void Trouble(int what)
    {
        var task = Some.Task(what / 5 % Tasks);
        switch (what % 5)
        {
            case 0 or 1:
                _cancelled.Add(task.Index);
                Send(Address.Of(task), new CancelTask(task, "", what % 2 == 0), _ => { });
                break;
            case 2: Send(Address.Of(task), new DelegationLost(task, Some.West), _ => { }); break;
            case 3: Send(Address.Of(task, Some.West), new OwnerLost(task), _ => { }); break;
            default: _epoch++; break;
        }
    }

    private void Deliver(int which, bool keepCopy)
    {
        if (_network.Count == 0) return;
        var at = which % _network.Count;
        var packet = _network[at];
        if (!keepCopy) _network.RemoveAt(at);
        Deliver(packet);
    }

    private void Deliver(Packet packet)
    {
        if (packet.Reply is { } reply) packet.Back(reply);
        else if (_actors.TryGetValue(packet.To, out var actor)) actor.Receive(packet.Body!, packet.Back);
        else Answer(packet.Back, Play(packet.Body!));
    }

    private void DeliverAll()
    {
        for (var i = 0; _network.Count > 0; i++)
        {
            Assert.True(i < 20_000, $"The network does not come to rest:\n{Dump()}");
            Deliver(0, false);
        }
    }

    private void Lose(int which)
    {
        if (_network.Count == 0) return;
        var at = which % _network.Count;
        var packet = _network[at];
        _network.RemoveAt(at);
        packet.Back(new Unanswered("lost"));
    }

    /// <summary>Jobs and regions.</summary>
    private Ack Play(Message message)
    {
        if (message is TaskEnded ended)
        {
            if (_told.TryGetValue(ended.Task, out var before)) Assert.Equal(before, ended.Phase);
            _told[ended.Task] = ended.Phase;
        }

        return Ack.Done;
    }

    private void Pass(TimeSpan time)
    {
        var until = _now + time;
        for (var i = 0; ; i++)
        {
            Assert.True(i < 10_000, $"The world does not come to rest at {_now:O}:\n{Dump()}");
            var next = until;
            foreach (var actor in _actors.Values)
            {
                if (actor.NextWake < next) next = actor.NextWake.Value;
            }

            foreach (var agent in _agents.Values)
            {
                if (agent.Machine.NextWake < next) next = agent.Machine.NextWake;
            }

            if (next > _now) _now = next;
            foreach (var actor in _actors.Values) actor.Run();
            foreach (var agent in _agents.Values) agent.Tick();
            if (next >= until) return;
        }
    }

    private sealed record Packet(Address To, Message? Body, Reply? Reply, Action<Reply> Back);
}
