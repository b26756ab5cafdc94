using Lepton.Model;

namespace Lepton.Simulation.Checkers;

/// <summary>Rule 6: what really runs stays within the quotas of its queue, and in the regions and off the nodes that its spec says.</summary>
/// <remarks>Computed anew from processes and accepted specs, by the meaning of quotas, not by what any region counts.</remarks>
internal sealed class HardRules(IWorldView world) : IChecker
{
    private readonly Dictionary<RegionId, Dictionary<(NodeId Node, AttemptId Attempt), (string Queue, long MilliCpu)>> _running = [];

    public void Observe(SimulationEvent happened)
    {
        switch (happened)
        {
            case ProcessStarted started when world.Read(started.Attempt.Task.Owner, JobRow.KeyOf(started.Attempt.Task.Job))?.Value.Row is JobRow job:
                Placed(started, job.Spec.GroupOf(started.Attempt.Task.Index).Template);
                if (!_running.TryGetValue(started.Node.Region, out var here)) _running.Add(started.Node.Region, here = []);
                here[(started.Node, started.Attempt)] = (job.Spec.Queue, started.Demand.MilliCpu);
                Counted(started, here);
                break;
            case ProcessEnded ended:
                if (_running.TryGetValue(ended.Node.Region, out var left)) left.Remove((ended.Node, ended.Attempt));
                break;
        }
    }

    public void End()
    {
    }

    private void Placed(ProcessStarted started, TaskTemplate template)
    {
        var region = started.Node.Region;
        var allowed = template.Regions.IsDefaultOrEmpty || template.Regions.Contains(region);
        var avoided = !template.Avoid.IsDefaultOrEmpty && (template.Avoid.Contains(region.Value) || template.Avoid.Contains(started.Node.ToString()));
        if (!allowed || avoided) Violate(started, $"{started.Attempt} runs on {started.Node}, which its spec does not allow.");
    }

    /// <summary>A queue beyond its quota and what it may borrow, or a cohort beyond the quotas of all in it.</summary>
    private void Counted(ProcessStarted started, Dictionary<(NodeId, AttemptId), (string Queue, long MilliCpu)> here)
    {
        foreach (var queue in world.Queues)
        {
            var below = world.Queues.Where(q => q.Parent == queue.Name).Append(queue).ToList();
            var names = below.Select(q => q.Name).ToHashSet();
            if (!below.Exists(q => q.Quotas.Any(quota => quota.Kind == "cpu"))) continue;
            var held = here.Values.Where(r => names.Contains(r.Queue)).Sum(r => r.MilliCpu);
            var limit = below.Sum(q => q.Quotas.Where(quota => quota.Kind == "cpu").Sum(quota => quota.Nominal));
            if (below.Count == 1 && queue.Parent is not null) limit += queue.Quotas.First(quota => quota.Kind == "cpu").BorrowLimit ?? long.MaxValue / 2;
            if (held > limit) Violate(started, $"queue {queue.Name} of {started.Node.Region} runs {held / 1000.0:0.###} cpus, its limit is {limit / 1000.0:0.###}: {string.Join(", ", here.Where(r => names.Contains(r.Value.Queue)).Select(r => r.Key))}.");
        }
    }

    private void Violate(ProcessStarted started, string message) =>
        world.Violate(Rules.HardRules, message, started.Attempt.Task.ToString(), started.Attempt.Task.Job.ToString(), started.Node.ToString());
}
