using Lepton.Model;

namespace Lepton.Simulation.Checkers;

/// <summary>
/// Rule 3: at most one attempt of a task runs at any time (clocks are wrong within the margin only), and the accepted result is what the
/// process of the accepted attempt really did.
/// </summary>
internal sealed class OneResult(IWorldView world) : IChecker
{
    private readonly Dictionary<TaskId, List<(AttemptId Attempt, NodeId Node)>> _running = [];
    private readonly Dictionary<AttemptId, int?> _ended = [];
    private readonly HashSet<AttemptId> _started = [];

    public void Observe(SimulationEvent happened)
    {
        switch (happened)
        {
            case ProcessStarted started:
                Started(started);
                break;
            case ProcessEnded ended:
                if (_running.TryGetValue(ended.Attempt.Task, out var left)) left.RemoveAll(run => run.Attempt == ended.Attempt && run.Node == ended.Node);
                _ended[ended.Attempt] = ended.ExitCode;
                break;
            case RowWritten { After.Value.Row: TaskRow row } written
                when row.Phase.IsTerminal() && (written.Before?.Value.Row as TaskRow)?.Phase.IsTerminal() != true:
                Accepted(row);
                break;
        }
    }

    public void End()
    {
    }

    private void Started(ProcessStarted started)
    {
        var attempt = started.Attempt;
        if (!_running.TryGetValue(attempt.Task, out var running)) _running.Add(attempt.Task, running = []);
        if (running.Count > 0)
            Broken($"{attempt} starts on {started.Node} while {running[0].Attempt} still runs on {running[0].Node}.", attempt.Task);
        else if (!_started.Add(attempt))
            Broken($"{attempt} starts a second time, on {started.Node}.", attempt.Task);
        running.Add((attempt, started.Node));
    }

    private void Accepted(TaskRow row)
    {
        var accepted = new AttemptId(row.Task, row.Attempt);
        var end = row.Current?.End;
        if (row.Current is { } current && current.Number != row.Attempt)
            Broken($"{row.Task} ends as {row.Phase} under attempt {row.Attempt}; its newest attempt is {current.Number}.", row.Task);
        if (row.Phase == TaskPhase.Succeeded)
        {
            if (end?.Cause != AttemptEndCause.Completed)
                Broken($"{row.Task} succeeded by an attempt that ended as {end?.Cause.ToString() ?? "nothing"}.", row.Task);
            else if (!_ended.TryGetValue(accepted, out var exit))
                Broken($"{accepted} is accepted as succeeded and no process of it has ended.", row.Task);
            else if (exit != 0)
                Broken($"{accepted} is accepted as succeeded; its process ended with {(exit is { } code ? $"exit code {code}" : "a kill")}.", row.Task);
        }
        else if (end is { Cause: AttemptEndCause.ExitNonZero, ExitCode: { } told } && (!_ended.TryGetValue(accepted, out var exit) || exit != told))
        {
            Broken($"{accepted} is accepted with exit code {told}; its process did not end so.", row.Task);
        }
    }

    private void Broken(string message, TaskId task) => world.Violate(Rules.OneResult, message, task.ToString());
}
