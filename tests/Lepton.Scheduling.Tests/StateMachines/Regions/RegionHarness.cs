using Lepton.Model;
using Lepton.Scheduling.StateMachines.Regions;

namespace Lepton.Scheduling.Tests.StateMachines.Regions;

/// <summary>A region whose seat has answered, in few words.</summary>
internal static class RegionHarness
{
    public static readonly SeatState Seat = new(Epoch.None, []);

    public static MachineHarness New(RegionSettings? settings = null, params Row[] rows) =>
        new MachineHarness(() => new RegionMachine(Some.East, settings ?? Some.Settings()), settings).WithRows(rows).Activate();

    /// <summary>Activated and confirmed by its seat; its nodes hold nothing of which it does not know.</summary>
    public static MachineHarness Confirmed(RegionSettings? settings = null, params Row[] rows)
    {
        var region = New(settings, rows);
        while (region.HasWaiting<FenceNode>()) region.Answer<FenceNode>(new NodeFenced([]));
        region.Answer<ClaimOwnership>(Seat);
        return region;
    }

    public static MachineHarness WithNodes(this MachineHarness region, params NodeId[] nodes)
    {
        foreach (var node in nodes) Assert.Equal(Ack.Done, region.Ask(Specs.Says(node)));
        return region;
    }

    public static List<Dispatch> Dispatches(this MachineHarness region) => [.. region.AllSent.Select(s => s.Body).OfType<Dispatch>()];

    /// <summary>Answers every order: attempt number one more than the order's predecessor, or as given.</summary>
    public static void AnswerDispatches(this MachineHarness region, int attempt = 1)
    {
        while (region.HasWaiting<Dispatch>())
        {
            var sent = (Dispatch)region.Outbox.First(s => s.Body is Dispatch).Body;
            region.Answer<Dispatch>(new Dispatched(new AttemptId(sent.Run.Task, attempt)));
        }
    }

    public static RegionView View(this MachineHarness region) => (RegionView)region.Ask(AskRegion.Now)!;

    public static Explanation Explain(this MachineHarness region, TaskId task) => ((Explained)region.Ask(new ExplainTask(task))!).Explanation;

    public static TaskWaits Waits(int index, int attempt, AttemptEndCause cause = AttemptEndCause.NotStarted, TimeSpan? pause = null, RegionId? refusedBy = null) =>
        new(Some.Attempt(attempt, index), MachineHarness.Start + (pause ?? TimeSpan.Zero), cause, "", refusedBy, 0, null);

    public static RegionSummary Summary(RegionId region, long sequence = 1, long freeMilli = 64_000, long largest = 64_000, long total = 64_000, long epoch = 1) => new(
        region, new Epoch(epoch), sequence, MachineHarness.Start, 4, 4, Some.Cpus(total, 65536), Some.Cpus(freeMilli, 65536), Some.Cpus(largest, 65536), 0, 0, 0);
}
