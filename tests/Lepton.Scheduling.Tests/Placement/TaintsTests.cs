using System.Collections.Immutable;
using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Rules;
using Lepton.Scheduling.Tests.StateMachines.Regions;

namespace Lepton.Scheduling.Tests.Placement;

/// <summary>Taints keep tasks away that do not tolerate them.</summary>
public sealed class TaintsTests
{
    private static readonly Gen<Taint> AnyTaint = Gen.Select(Gen.Int[0, 1], Gen.Int[0, 2], Gen.Enum<TaintEffect>(), (key, value, effect) => new Taint($"k{key}", value == 0 ? "" : $"v{value}", effect));

    private static readonly Gen<Toleration> AnyToleration = Gen.Select(Gen.Int[0, 1], Gen.Int[0, 3], Gen.Int[0, 2], (key, value, effect) =>
        new Toleration($"k{key}", value == 3 ? null : value == 0 ? "" : $"v{value}", effect == 2 ? null : (TaintEffect)effect));

    [Theory]
    [InlineData("gpu=h100:NoSchedule", "gpu", "h100", true)]
    [InlineData("gpu=h100:noschedule", "gpu", null, true)]
    [InlineData("gpu:NoSchedule", "gpu", null, true)]
    [InlineData("gpu:NoSchedule", "gpu", "", true)]
    [InlineData("gpu=h100:NoSchedule", "gpu", "a100", false)]
    [InlineData("gpu=h100:NoSchedule", "cpu", null, false)]
    [InlineData("a.b/c=x:y=z:PreferNoSchedule", "a.b/c", "x:y=z", true)]
    public void Is_read_and_tolerated_by_key_and_value(string text, string key, string? value, bool tolerated)
    {
        var taint = Taint.Parse(text, out var problem);
        Assert.Equal("", problem);
        Assert.Equal(tolerated, new Toleration(key, value, null).Tolerates(taint!));
        Assert.Equal(taint, Taint.Parse(taint!.ToString(), out _));
    }

    [Theory]
    [InlineData("gpu=h100", "has no effect behind a colon. Maybe gpu=h100:NoSchedule.")]
    [InlineData("gpu:NoExecute", "has the effect 'NoExecute', not one of NoSchedule, PreferNoSchedule. Maybe gpu:NoSchedule, and drain the node (lepton node drain).")]
    [InlineData("gpu:Sometimes", "has the effect 'Sometimes'")]
    [InlineData("=x:NoSchedule", "has no key")]
    [InlineData("-a:NoSchedule", "has no key")]
    [InlineData(":NoSchedule", "has no effect")]
    public void Is_refused_with_what_to_do(string text, string expected)
    {
        Assert.Null(Taint.Parse(text, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Chooses_a_node_exactly_when_every_hard_taint_of_one_is_tolerated() => Gen.Select(AnyTaint.Array[0, 2].Array[4], AnyToleration.Array[0, 3]).Sample((taints, tolerations) =>
    {
        var ledger = new NodeLedger();
        for (var i = 0; i < 4; i++) Join(ledger, i, taints[i]);
        var shape = Shape(tolerations);

        bool Keeps(Taint taint) => taint.Effect == TaintEffect.NoSchedule && !tolerations.Any(t => t.Key == taint.Key && (t.Value is null || t.Value == taint.Value) && (t.Effect is null || t.Effect == taint.Effect));
        var open = Enumerable.Range(0, 4).Where(i => !taints[i].Any(Keeps)).ToList();
        var node = new Placer().Pick(shape, ledger);
        Assert.Equal(open.Count > 0, node is not null);
        if (node is not null) Assert.Contains(node.Number, open);
        Assert.Equal(open.Count > 0, shape.Rules.MayTolerateIn(RegionHarness.Summary(Some.East) with { TaintSets = TaintSets.Of(ledger.Nodes) }));
    });

    [Fact]
    public void A_soft_taint_is_taken_when_nothing_else_has_room()
    {
        var ledger = new NodeLedger();
        Join(ledger, 0, new Taint("old", "", TaintEffect.PreferNoSchedule));
        Join(ledger, 1);
        ledger.Offer(Some.Task(1), 0, Nodes.Id(0), Some.Cpus(3000));        // by best fit it would be the first

        Assert.Equal(1, new Placer().Pick(Shape(), ledger)!.Number);
        Assert.Equal(0, new Placer().Pick(Shape(new Toleration("old", null, null)), ledger)!.Number);
        ledger.Offer(Some.Task(2), 0, Nodes.Id(1), Some.Cpus(4000));
        Assert.Equal(0, new Placer().Pick(Shape(), ledger)!.Number);
    }

    [Fact]
    public void Explains_which_taint_keeps_a_task_away_and_what_to_tolerate()
    {
        var ledger = new NodeLedger();
        Join(ledger, 0, new Taint("gpu", "h100", TaintEffect.NoSchedule));
        Join(ledger, 1, new Taint("gpu", "h100", TaintEffect.NoSchedule), new Taint("x", "", TaintEffect.PreferNoSchedule));

        var (verdict, region) = OwnRegion.Judge(Shape(), Some.East, ledger);

        Assert.Equal(PendingReason.Unsatisfiable, verdict.Reason);
        Assert.Contains("nodes without taints; 2 nodes: has the taint gpu=h100:NoSchedule, which is not tolerated", verdict.Evidence, StringComparison.Ordinal);
        Assert.Contains("tolerate gpu=h100:NoSchedule (placement.tolerations: [{key: gpu}])", verdict.Next[0], StringComparison.Ordinal);
        Assert.Equal(("Tolerated", 2), (Assert.Single(region.TurnedDown).Filter, region.TurnedDown[0].Nodes));
    }

    [Fact]
    public void A_region_of_whose_taints_none_is_tolerated_gets_no_task()
    {
        var summary = RegionHarness.Summary(Some.West) with { TaintSets = [new TaintSet([new Taint("gpu", "h100", TaintEffect.NoSchedule)])] };
        var region = RegionHarness.Confirmed();
        region.Ask(new RegionBeat(summary));

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("plain", 0, 1))));
        Assert.Empty(region.Dispatches());
        var west = region.Explain(Some.Task()).Regions.Single(r => r.Region == Some.West);
        Assert.Equal(PendingReason.Unsatisfiable, west.Reason);
        Assert.Contains("every one has a taint that is not tolerated (gpu=h100:NoSchedule)", west.Evidence, StringComparison.Ordinal);

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("bears", 0, 1, Some.Template() with { Tolerations = [new Toleration("gpu", null, null)] })), new JobId(Some.East, "other")));
        Assert.Equal(Some.West, Assert.Single(region.Dispatches()).Region);
    }

    private static TaskShape Shape(params Toleration[] tolerations) => TaskShape.Of(Some.Template() with { Tolerations = [.. tolerations] }, null, [Some.East]);

    private static void Join(NodeLedger ledger, int number, params Taint[] taints) => ledger.Apply(Specs.Says(Nodes.Id(number), 1, Some.Node() with { Taints = [.. taints.Order()] }));
}
