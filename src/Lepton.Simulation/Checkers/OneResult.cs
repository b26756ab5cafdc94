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
            case RowWritten { After.Value.Row: TaskRow row } written:
                var before = written.Before?.Value.Row as TaskRow;
                if (row.Current is { End: { } end } newest && (before?.Attempt != row.Attempt || before.Current?.End is null)) Recorded(row, newest.Number, end);
                if (row.Phase.IsTerminal() && before?.Phase.IsTerminal() != true) Accepted(row);
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

    /// <summary>An attempt is recorded as ended: if a process is said to have exited, one has, in just that way.</summary>
    private void Recorded(TaskRow row, int number, AttemptEnd end)
    {
        var attempt = new AttemptId(row.Task, number);
        int? told = end.Cause == AttemptEndCause.Completed ? 0 : end.Cause == AttemptEndCause.ExitNonZero ? end.ExitCode : null;
        if (told is null) return;
        if (!_ended.TryGetValue(attempt, out var exit))
            Broken($"{attempt} is recorded as {end.Cause} with exit code {told}, and no process of it has ended.", row.Task);
        else if (exit != told)
            Broken($"{attempt} is recorded as {end.Cause} with exit code {told}; its process ended with {(exit is { } code ? $"exit code {code}" : "a kill")}.", row.Task);
    }

    private void Accepted(TaskRow row)
    {
        if (row.Current is { } current && current.Number != row.Attempt)
            Broken($"{row.Task} ends as {row.Phase} under attempt {row.Attempt}; its newest attempt is {current.Number}.", row.Task);
        if (row.Phase == TaskPhase.Succeeded && row.Current?.End?.Cause != AttemptEndCause.Completed)
            Broken($"{row.Task} succeeded by an attempt that ended as {row.Current?.End?.Cause.ToString() ?? "nothing"}.", row.Task);
    }

    private void Broken(string message, TaskId task) => world.Violate(Rules.OneResult, message, task.ToString());
}
