using Lepton.Model;

namespace Lepton.Simulation.Checkers;

/// <summary>
/// Rule 5: no member of a gang begins before every member of the same start was granted its resources, and none of a start begins when another of it
/// has been given up before it could.
/// </summary>
internal sealed class GangsWhole(IWorldView world) : IChecker
{
    private readonly Dictionary<AttemptId, GangRun> _starts = [];
    private readonly Dictionary<(JobId Job, int Index, Epoch Epoch, long Order), AttemptId> _members = [];
    private readonly HashSet<AttemptId> _granted = [];

    public void Observe(SimulationEvent happened)
    {
        switch (happened)
        {
            case RowWritten { After.Value.Row: TaskRow { Run.Gang: { } gang } row }:
                var attempt = new AttemptId(row.Task, row.Attempt);
                _starts[attempt] = gang;
                _members[(row.Task.Job, row.Task.Index, gang.Epoch, gang.Order)] = attempt;
                break;
            case RowWritten { After.Value.Row: NodeRow node }:
                foreach (var grant in node.Grants) _granted.Add(grant.Attempt);
                break;
            case ProcessStarted started when _starts.TryGetValue(started.Attempt, out var start):
                foreach (var index in start.Members)
                {
                    if (_members.TryGetValue((started.Attempt.Task.Job, index, start.Epoch, start.Order), out var member) && _granted.Contains(member)) continue;
                    world.Violate(
                        Rules.GangsWhole,
                        $"Attempt {started.Attempt} began on {started.Node}; task {index} of its gang of {start.Members.Length} held no grant of this start.",
                        started.Attempt.Task.ToString());
                }

                break;
        }
    }

    public void End()
    {
    }
}
