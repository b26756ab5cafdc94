using Lepton.Model;
using Lepton.Scheduling.Tests.StateMachines.Regions;

namespace Lepton.Scheduling.Tests.Explaining;

/// <summary>Every reason of the closed list is produced by the region machine from messages alone, or is listed here with why it cannot come up yet.</summary>
public sealed class EveryReasonTests
{
    private static readonly JobId Other = new(Some.East, "other");
    private static readonly RegionSettings Alone = Some.Settings() with { Fleet = [Some.East], MinimumRun = TimeSpan.Zero };

    /// <summary>Reasons whose capability is not built: the spec reader refuses the fields that would need them.</summary>
    private static readonly Dictionary<PendingReason, string> NotYet = new()
    {
        [PendingReason.BudgetExhausted] = "budgets are refused",
        [PendingReason.OnHold] = "jobs cannot be held; nodes can, which is NoEligibleNode",
        [PendingReason.PriceAboveLimit] = "budget.maxHourlyUsd is refused",
        [PendingReason.DataNotReady] = "inputs are fetched by the agent after the start; nothing waits for them in a queue",
    };

    private static readonly Dictionary<PendingReason, Func<Explanation>> Produced = new()
    {
        [PendingReason.Misconfigured] = () => Waits(Region(Some.N1), Some.Template(), queue: "nobody"),
        [PendingReason.Unsatisfiable] = () => Waits(Region(Some.N1), Some.Template(16_000)),
        [PendingReason.NotBefore] = () => Waits(Region(Some.N1), Some.Template() with { StartAfter = MachineHarness.Start.AddDays(1134) }),
        [PendingReason.WaitingForDependency] = Depends,
        [PendingReason.BackingOff] = BacksOff,
        [PendingReason.RegionNotAllowed] = () => Waits(Region(Some.N1), Some.Template() with { Regions = [new RegionId("mars")] }),
        [PendingReason.ResidencyForbids] = () => Waits(Region(Some.N1), Some.Template() with { Residency = new Residency(["mars-1"], []) }),
        [PendingReason.QuotaExceeded] = () => Waits(Region(Some.N1), Some.Template(2000), queue: "small"),
        [PendingReason.RegionUnreachable] = () => Waits(RegionHarness.Confirmed().WithNodes(Some.N1), Some.Template() with { Regions = [Some.West] }),
        [PendingReason.NoEligibleNode] = Cordoned,
        [PendingReason.InsufficientCapacity] = () => Waits(Busy(Some.N1), Some.Template(2000)),
        [PendingReason.Fragmented] = () => Waits(Busy(Some.N1, Some.N2), Some.Template(2000)),
        [PendingReason.GangIncomplete] = () => Waits(Busy(Some.N1, Some.N2), Some.Template() with { GangSize = 3 }, tasks: 3),
        [PendingReason.BehindInQueue] = Behind,
        [PendingReason.WaitingForVictims] = () => Waits(Busy(Some.N1), Some.Template(2000), priority: 99),
        [PendingReason.SpreadImpossible] = Crowded,
        [PendingReason.NotYetEvaluated] = () => Waits(RegionHarness.New(Alone), Some.Template()),
    };

    [Fact]
    public void Every_reason_is_produced_or_cannot_come_up_yet()
    {
        Assert.Equal(Enum.GetValues<PendingReason>(), Produced.Keys.Concat(NotYet.Keys).Order());
        foreach (var (reason, produce) in Produced)
        {
            var said = produce();
            Assert.True(said.Reason == reason, $"{reason} was to come up; the region says {said.Reason}: {said.Evidence}");
            Assert.Equal(TaskPhase.Pending, said.Phase);
            Assert.Contains(said.Evidence, char.IsAsciiDigit);
            Assert.NotEmpty(said.Next);
            Assert.All(said.Next, next => Assert.False(string.IsNullOrWhiteSpace(next)));
        }
    }

    [Fact]
    public void Gives_times_as_people_do() =>
        Assert.Contains("in 3y 39d", Waits(Region(Some.N1), Some.Template() with { StartAfter = MachineHarness.Start.AddDays(1134) }).Evidence, StringComparison.Ordinal);

    private static MachineHarness Region(params NodeId[] nodes) => RegionHarness.Confirmed(Alone with
    {
        Queues = [new QueueSettings { Name = "default" }, new QueueSettings { Name = "small", Quotas = [new QuotaSettings("cpu", 1000)] }],
    }).WithNodes(nodes);

    /// <summary>On each node of 4 cores 3 are taken by a task of priority 10.</summary>
    private static MachineHarness Busy(params NodeId[] nodes)
    {
        var region = Region(nodes);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, nodes.Length, Some.Template(3000))) with { Priority = 10 }, Other));
        region.AnswerDispatches();
        return region.Pass(TimeSpan.FromSeconds(2));
    }

    private static Explanation Waits(MachineHarness region, TaskTemplate template, string queue = "default", int priority = 10, int tasks = 1)
    {
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, tasks, template)) with { Queue = queue, Priority = priority }));
        return region.Explain(Some.Task());
    }

    private static Explanation Depends()
    {
        var region = Region(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("train", 0, 3), Specs.Group("eval", 3, 1, "train"))));
        return region.Explain(Some.Task(3));
    }

    private static Explanation BacksOff()
    {
        var region = Region(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1))));
        region.AnswerDispatches();
        region.Ask(RegionHarness.Waits(0, 1, AttemptEndCause.ExitNonZero, TimeSpan.FromMinutes(10)));
        return region.Explain(Some.Task());
    }

    private static Explanation Cordoned()
    {
        var region = Region();
        region.Ask(Specs.Says(Some.N1, phase: NodePhase.Cordoned));
        return Waits(region, Some.Template());
    }

    /// <summary>One per node, and the only node has one.</summary>
    private static Explanation Crowded()
    {
        var region = Region(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 2, Some.Template() with { Spread = new SpreadRule(DomainLevel.Node, 1, 0) }))));
        region.AnswerDispatches();
        return region.Explain(Some.Task(1));
    }

    private static Explanation Behind()
    {
        var region = RegionHarness.Confirmed(Alone with { AssignmentsPerPass = 1 }).WithNodes(Some.N1);
        region.Shell.Receive(Specs.Ready(Specs.Job(Specs.Group("only", 0, 3))), out _);
        return region.Explain(Some.Task(2));        // asked before the pass that follows
    }
}
