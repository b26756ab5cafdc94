using Lepton.Model;

namespace Lepton.Scheduling.Tests.StateMachines.Regions;

/// <summary>What tasks and nodes do around a region: they carry out what is ordered, end, and make room.</summary>
internal sealed class RegionLife
{
    private readonly Dictionary<(MachineHarness Region, NodeId Node), long> _versions = [];

    public static List<StopMember> Stops(MachineHarness region) => [.. region.AllSent.Select(s => s.Body).OfType<StopMember>()];

    /// <summary>Every order that waits is carried out: it holds its node and runs.</summary>
    public void Runs(MachineHarness region)
    {
        while (region.HasWaiting<Dispatch>())
        {
            var order = (Dispatch)region.Outbox.First(s => s.Body is Dispatch).Body;
            var attempt = new AttemptId(order.Run.Task, order.After + 1);
            region.Answer<Dispatch>(new Dispatched(attempt));
            if (order.Run.Gang is { } gang) region.Post(new GangReady(attempt, gang));
            region.Ask(new TaskRuns(attempt, order.Node!.Value, region.Now));
            Says(region, order.Node!.Value, [new Held(attempt, order.Run.Template.Demand.Capacity)], []);
        }
    }

    public void Ends(MachineHarness region, JobId job)
    {
        var order = region.Dispatches().Last(d => d.Run.Task.Job == job);
        region.Ask(new TaskSettled(order.Run.Task, order.After + 1));
        Frees(region, new AttemptId(order.Run.Task, order.After + 1));
    }

    public void Frees(MachineHarness region, AttemptId attempt) =>
        Says(region, region.Dispatches().Last(d => d.Run.Task == attempt.Task).Node!.Value, [], [attempt]);

    public void Says(MachineHarness region, NodeId node, Held[] added, AttemptId[] freed)
    {
        var version = _versions[(region, node)] = _versions.GetValueOrDefault((region, node), 1) + 1;
        Assert.Equal(Ack.Done, region.Ask(new NodeChanged(node, Some.Epoch1, version, NodePhase.Ready, null, false, [.. added], [.. freed], region.Now)));
    }
}
