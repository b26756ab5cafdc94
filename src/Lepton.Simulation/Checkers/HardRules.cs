using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Simulation.Checkers;

/// <summary>
/// Rule 6: what really runs stays within the quotas of its queue, in the regions and off the nodes that its spec says, off taints that it does not
/// tolerate, within its residency (nothing of it is written outside either), and away from the neighbours that it, or they, must be away from.
/// </summary>
/// <remarks>Computed anew from processes and accepted specs, by the meaning of the rules, not by what any region counts.</remarks>
internal sealed class HardRules(IWorldView world) : IChecker
{
    private readonly Dictionary<(NodeId Node, AttemptId Attempt), Running> _running = [];

    /// <summary>A process with what its job said of it.</summary>
    private sealed record Running(NodeId Node, AttemptId Attempt, TenantId Tenant, string Queue, long MilliCpu, TaskTemplate Template);

    public void Observe(SimulationEvent happened)
    {
        switch (happened)
        {
            case ProcessStarted started when world.Read(started.Attempt.Task.Owner, JobRow.KeyOf(started.Attempt.Task.Job))?.Value.Row is JobRow job:
                var run = new Running(started.Node, started.Attempt, job.Spec.Tenant, job.Spec.Queue, started.Demand.MilliCpu, job.Spec.GroupOf(started.Attempt.Task.Index).Template);
                Placed(run);
                Crowded(run);
                _running[(run.Node, run.Attempt)] = run;
                Counted(run);
                break;
            case RowWritten written:
                Written(written);
                break;
            case ProcessEnded ended:
                _running.Remove((ended.Node, ended.Attempt));
                break;
        }
    }

    public void End()
    {
    }

    private void Placed(Running run)
    {
        var region = run.Node.Region;
        var allowed = run.Template.Regions.IsDefaultOrEmpty || run.Template.Regions.Contains(region);
        var avoided = !run.Template.Avoid.IsDefaultOrEmpty && (run.Template.Avoid.Contains(region.Value) || run.Template.Avoid.Contains(run.Node.ToString()));
        allowed &= run.Template.Residency?.Allows(region) != false;
        if (!allowed || avoided) Violate(run, $"{run.Attempt} runs on {run.Node}, which its spec does not allow.");
        var taint = world.TaintsOf(run.Node).FirstOrDefault(t => t.Effect == TaintEffect.NoSchedule && !run.Template.Tolerations.Any(o => o.Tolerates(t)));
        if (taint is not null) Violate(run, $"{run.Attempt} runs on {run.Node}, which has the taint {taint}; it does not tolerate it.");
        var asked = run.Template.Demand.Isolation;
        var enforced = world.Read(region, NodeRow.KeyOf(run.Node))?.Value.Row is NodeRow { Spec: { } spec } ? spec.Isolation : asked;
        if ((enforced & asked) != asked) Violate(run, $"{run.Attempt} asks isolation by {IsolationText.Of(asked)} and runs on {run.Node}, which enforces {IsolationText.Of(enforced)}.");
    }

    private void Written(RowWritten written)
    {
        var job = written.After.Value.Row switch
        {
            JobRow row => row.Job,
            TaskRow row => row.Task.Job,
            GuestRow row => row.Attempt.Task.Job,
            _ => default,
        };
        if (job == default || world.Read(job.Owner, JobRow.KeyOf(job))?.Value.Row is not JobRow { Spec.Residency: { } residency } || residency.Allows(written.Region)) return;
        world.Violate(Rules.HardRules, $"{written.After.Key} is written in {written.Region}; job {job} may be in {residency}.", job.ToString());
    }

    /// <summary>Beside a task that one of the two must be away from, or one too many of its group in a failure domain.</summary>
    private void Crowded(Running run)
    {
        foreach (var other in _running.Values.Where(o => o.Attempt.Task != run.Attempt.Task && o.Tenant == run.Tenant))
        {
            var rule = Broken(run, other) ?? Broken(other, run);
            if (rule is not null) Violate(run, $"{run.Attempt} runs on {run.Node} beside {other.Attempt} on {other.Node}; by {rule.By} one must be away from {rule.Whom}.");
        }

        if (run.Template.Spread is not { MaxPerDomain: > 0 } spread) return;
        var together = _running.Values
            .Where(o => o.Attempt.Task.Job == run.Attempt.Task.Job && o.Template.Group == run.Template.Group && AreTogether(o.Node, run.Node, spread.By))
            .Select(o => o.Attempt.Task).Append(run.Attempt.Task).Distinct().ToList();
        if (together.Count > spread.MaxPerDomain) Violate(run, $"{run.Attempt} runs on {run.Node}; {together.Count} of its group are in one {spread.By}, at most {spread.MaxPerDomain} may be: {string.Join(", ", together)}.");
    }

    private NearRule? Broken(Running mine, Running theirs) => mine.Template.AntiAffinity
        .FirstOrDefault(rule => !rule.Preferred && IsAbout(rule, mine, theirs) && AreTogether(mine.Node, theirs.Node, rule.By));

    private static bool IsAbout(NearRule rule, Running mine, Running theirs) => rule.Tasks is null
        ? mine.Attempt.Task.Job == theirs.Attempt.Task.Job
        : rule.Tasks.All(label => theirs.Template.Labels.GetValueOrDefault(label.Key) == label.Value);

    private bool AreTogether(NodeId one, NodeId two, DomainLevel by) => one.Region == two.Region && by switch
    {
        DomainLevel.Node => one == two,
        DomainLevel.Rack => HaveSame("rack", one, two),
        DomainLevel.Zone => HaveSame("zone", one, two),
        _ => true,
    };

    private bool HaveSame(string label, NodeId one, NodeId two) => world.LabelsOf(one).TryGetValue(label, out var name) && world.LabelsOf(two).GetValueOrDefault(label) == name;

    /// <summary>A queue beyond its quota and what it may borrow, or a cohort beyond the quotas of all in it.</summary>
    private void Counted(Running run)
    {
        var here = _running.Values.Where(r => r.Node.Region == run.Node.Region).ToList();
        foreach (var queue in world.Queues)
        {
            var below = world.Queues.Where(q => q.Parent == queue.Name).Append(queue).ToList();
            var names = below.Select(q => q.Name).ToHashSet();
            if (!below.Exists(q => q.Quotas.Any(quota => quota.Kind == "cpu"))) continue;
            var held = here.Where(r => names.Contains(r.Queue)).Sum(r => r.MilliCpu);
            var limit = below.Sum(q => q.Quotas.Where(quota => quota.Kind == "cpu").Sum(quota => quota.Nominal));
            if (below.Count == 1 && queue.Parent is not null) limit += queue.Quotas.First(quota => quota.Kind == "cpu").BorrowLimit ?? long.MaxValue / 2;
            if (held > limit) Violate(run, $"queue {queue.Name} of {run.Node.Region} runs {held / 1000.0:0.###} cpus, its limit is {limit / 1000.0:0.###}: {string.Join(", ", here.Where(r => names.Contains(r.Queue)).Select(r => (r.Node, r.Attempt)))}.");
        }
    }

    private void Violate(Running run, string message) =>
        world.Violate(Rules.HardRules, message, run.Attempt.Task.ToString(), run.Attempt.Task.Job.ToString(), run.Node.ToString());
}
