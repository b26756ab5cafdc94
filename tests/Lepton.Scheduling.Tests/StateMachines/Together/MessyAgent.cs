using System.Globalization;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Agents;

namespace Lepton.Scheduling.Tests.StateMachines.Together;

/// <summary>An agent process on a faked machine: processes start and stop at once, folders of ended attempts stay until forgotten.</summary>
internal sealed class MessyAgent(NodeId node, NodeSpec spec, MessyWorld world)
{
    private static readonly AgentSettings Settings = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));

    private readonly SortedDictionary<string, (AttemptId Attempt, Epoch Epoch, Capacity Demand)> _processes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (AttemptId Attempt, Epoch Epoch, AttemptEnd End)> _folders = new(StringComparer.Ordinal);
    private long _incarnation;
    private AgentMachine _machine = null!;

    public AgentMachine Machine => _machine;

    public bool IsIdle => _processes.Count == 0 && _folders.Count == 0;

    public override string ToString() =>
        $"agent {_incarnation} runs [{string.Join(' ', _processes.Keys)}] keeps [{string.Join(' ', _folders.Keys)}]{(_machine.IsReplaced ? " replaced" : "")}";

    /// <summary>A new agent process. The machine was rebooted: nothing lives on it; else the new one adopts what does.</summary>
    public void Start(bool rebooted)
    {
        _machine = new AgentMachine(node, ++_incarnation, spec, Settings);
        if (rebooted)
        {
            foreach (var (key, process) in _processes) _folders[key] = (process.Attempt, process.Epoch, AttemptEnd.Bare(AttemptEndCause.NodeLost, "Rebooted.", world.Now.At));
            _processes.Clear();
        }

        foreach (var (attempt, epoch, demand) in _processes.Values) _machine.Adopt(new AdoptedAttempt(attempt, epoch, demand, world.Now.At, null, TimeSpan.FromSeconds(1), null), world.Now);
        foreach (var (attempt, epoch, end) in _folders.Values) _machine.Adopt(new AdoptedAttempt(attempt, epoch, default, world.Now.At, null, TimeSpan.FromSeconds(1), end), world.Now);
        Do((_, _) => { });
    }

    public void Tick()
    {
        if (_machine.NextWake <= world.Now.At) Do(_machine.Tick);
    }

    public void Hint() => Do(_machine.Hinted);

    /// <summary>The process at this place (modulo their number) ends by itself.</summary>
    public void Finish(int which, AttemptEndCause cause)
    {
        if (_processes.Count == 0) return;
        var attempt = _processes.Values.ElementAt(which % _processes.Count).Attempt;
        Do((now, fx) => End(attempt, AttemptEnd.Bare(cause, "", now.At), fx));
    }

    private void Do(Action<Moment, AgentEffects> step)
    {
        var fx = new AgentEffects();
        step(world.Now, fx);
        for (var i = 0; i < fx.Items.Count; i++)
        {
            switch (fx.Items[i])
            {
                case StartAttempt start:
                    var id = start.Assignment.Attempt;
                    Assert.True(_processes.TryAdd(KeyOf(id), (id, start.Assignment.NodeEpoch, start.Assignment.Run.Template.Demand.Capacity)), $"{id} was started twice.");
                    Assert.True(world.Started.Add(id), $"{id} was started a second time, on {node}.");
                    Assert.Single(_processes.Values, process => process.Attempt.Task == id.Task);
                    var used = _processes.Values.Aggregate(Capacity.Zero, (sum, process) => sum + process.Demand);
                    Assert.True(spec.Capacity.Fits(used), $"{node} runs {used} on {spec.Capacity}.");
                    _machine.Started(id, world.Now.At, fx);
                    break;
                case Lepton.Scheduling.StateMachines.Agents.StopAttempt stop:
                    End(stop.Attempt, AttemptEnd.Bare(AttemptEndCause.ExitNonZero, "Stopped.", world.Now.At), fx);
                    break;
                case ForgetAttempt forget:
                    _folders.Remove(KeyOf(forget.Attempt));
                    break;
                case BeatNow:
                    Beat();
                    break;
                default:
                    break;
            }
        }
    }

    private void End(AttemptId attempt, AttemptEnd end, AgentEffects fx)
    {
        if (!_processes.Remove(KeyOf(attempt), out var process)) return;
        _folders[KeyOf(attempt)] = (attempt, process.Epoch, end);
        _machine.Ended(attempt, end, world.Now, fx);
    }

    private void Beat()
    {
        var machine = _machine;
        var beat = machine.NextBeat(world.Now);
        world.Send(Address.Of(node), beat, reply => Do((now, fx) =>
        {
            if (machine != _machine) return;
            if (reply is Unanswered) machine.BeatFailed(beat.Sequence, now, fx);
            else machine.BeatAnswered(beat.Sequence, reply, now, fx);
        }));
    }

    private static string KeyOf(AttemptId attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"{attempt.Task.Index:D4}#{attempt.Number:D4}");
}
