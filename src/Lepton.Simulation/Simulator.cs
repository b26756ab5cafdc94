using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Simulation.Checkers;
using Lepton.Simulation.Faults;
using Lepton.Simulation.Traces;
using Lepton.Simulation.World;

namespace Lepton.Simulation;

/// <summary>One run of one seed: faults for a number of steps, then quiet until all is over, then the last questions.</summary>
internal sealed class Simulator
{
    private static readonly long Second = TimeSpan.TicksPerSecond;

    /// <summary>Time the last questions have.</summary>
    private static readonly long LastWords = 8 * Second;

    private readonly int _seed;
    private readonly SimulationOptions _options;
    private readonly VirtualWorld _world;

    public Simulator(int seed, SimulationOptions options)
    {
        _seed = seed;
        _options = options;
        _world = new VirtualWorld((ulong)seed, options.Rates ?? FaultRates.Draw((ulong)seed), options.Plant?.Invoke() ?? Sabotage.None, Checkers)
        {
            TraceLines = options.TraceLines,
        };
    }

    public VirtualWorld World => _world;

    public SeedResult Run()
    {
        _world.Start();
        while (_world.Queue.Steps < _options.StepsAtLeast && Clean && _world.Queue.RunNext())
        {
        }

        _world.Faults.Calm();
        _world.Client.SubmitNoMore();
        var bound = _world.Queue.Now + _options.QuietBound.Ticks;
        var ending = new Ending(_world);
        while (Clean && !ending.IsReached())
        {
            if (_world.Queue.Now >= bound)
            {
                TellStuck(ending);
                break;
            }

            RunFor(Second);
        }

        if (Clean) AskLastQuestions(ending);
        if (Clean) _world.End();
        return Result();
    }

    private bool Clean => _world.Violations.Count == 0;

    private static ImmutableArray<IChecker> Checkers(IWorldView world) =>
    [
        new NothingLost(world),
        new NoOverCommit(world),
        new GangsWhole(world),
        new OneResult(world),
        new HardRules(world),
        new StaleOrders(world),
        new EveryWaitHasReason(world),
        new HealthyDevices(world),
    ];

    private void RunFor(long ticks)
    {
        var until = _world.Queue.Now + ticks;
        while (_world.Queue.Now < until && Clean && _world.Queue.RunNext())
        {
        }
    }

    private void TellStuck(Ending ending)
    {
        var tasks = ending.StuckTasks().Take(3).ToList();
        _world.Client.ForgetExplanations();
        foreach (var task in tasks) _world.Client.Explain(task);
        var guests = new List<string>();
        foreach (var (task, region) in ending.StuckGuests().Take(3).ToList()) _world.Client.ExplainGuest(task, region, guests.Add);
        RunFor(LastWords);
        if (ending.IsReached()) return;
        var stuck = ending.Stuck().Take(8).ToList();
        var why = tasks.Select(task => _world.Client.Explained.TryGetValue(task, out var said)
            ? $"{task} is {said.Phase}, {said.Reason?.ToString() ?? "no reason"}: {said.Evidence}"
            : $"{task}: its region does not say").Concat(guests);
        _world.Violate(
            Rules.EverythingEnds,
            $"{_options.QuietBound.TotalSeconds:0} s after the last fault this has not ended: {string.Join("; ", stuck.Select(s => s.Text))}. Explained: {string.Join("; ", why)}",
            [.. stuck.Select(s => s.Entity).Take(1)]);
    }

    /// <summary>Whatever waits for ever, because nobody can meet its demand, must say why, now.</summary>
    private void AskLastQuestions(Ending ending)
    {
        var waiting = ending.Waiting().ToList();
        _world.Client.ForgetExplanations();
        for (var round = 0; round < 3; round++)
        {
            foreach (var task in waiting.Where(task => !_world.Client.Explained.ContainsKey(task))) _world.Client.Explain(task);
            RunFor(LastWords);
        }

        foreach (var task in waiting)
        {
            if (!_world.Client.Explained.TryGetValue(task, out var said))
                _world.Violate(Rules.EveryWaitHasReason, $"{task} waits and its region does not say why.", task.ToString());
            else if (said.Reason is null && !said.Phase.IsTerminal())
                _world.Violate(Rules.EveryWaitHasReason, $"{task} waits as {said.Phase} and no reason is given: '{said.Evidence}'.", task.ToString());
        }
    }

    private SeedResult Result() => new()
    {
        Seed = _seed,
        Steps = _world.Queue.Steps,
        VirtualTime = TimeSpan.FromTicks(_world.Queue.Now),
        TraceHash = _world.Trace.Hash,
        Regions = _world.Silos.Length,
        Nodes = _world.Hosts.Length,
        Jobs = _world.Client.Jobs.Count(job => job.Acknowledged),
        Tasks = _world.Client.Jobs.Where(job => job.Acknowledged).Sum(job => job.Spec.TaskCount),
        Attempts = _world.Hosts.Sum(host => host.ProcessesStarted),
        Faults = [.. _world.FaultCounts],
        Violations = [.. _world.Violations],
    };
}
