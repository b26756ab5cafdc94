using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Rules;

namespace Lepton.Scheduling.Tests.Placement;

public sealed class NodeRulesTests
{
    [Theory]
    [InlineData("zone", NodeRuleOperator.Equal, "a", true)]
    [InlineData("zone", NodeRuleOperator.Equal, "A", false)]
    [InlineData("zone", NodeRuleOperator.NotEqual, "b", true)]
    [InlineData("zone", NodeRuleOperator.In, "b,a", true)]
    [InlineData("zone", NodeRuleOperator.NotIn, "b,a", false)]
    [InlineData("zone", NodeRuleOperator.Greater, "Z", true)]           // as text, by code
    [InlineData("zone", NodeRuleOperator.Less, "5", false)]            // a text and a number have no order
    [InlineData("zone", NodeRuleOperator.GreaterOrEqual, "5", false)]
    [InlineData("kernel", NodeRuleOperator.Greater, "1.9", true)]      // 1.10 is more
    [InlineData("kernel", NodeRuleOperator.Equal, "1.10.0", true)]
    [InlineData("kernel", NodeRuleOperator.Equal, "1.1", false)]
    [InlineData("slots", NodeRuleOperator.Less, "9", false)]           // 10 is more than 9
    [InlineData("slots", NodeRuleOperator.LessOrEqual, "10", true)]
    [InlineData("slots", NodeRuleOperator.Equal, "010", true)]
    [InlineData("nothing", NodeRuleOperator.Equal, "a", false)]
    [InlineData("nothing", NodeRuleOperator.Less, "a", false)]
    [InlineData("nothing", NodeRuleOperator.NotEqual, "a", true)]
    [InlineData("nothing", NodeRuleOperator.NotIn, "a", true)]
    [InlineData("region", NodeRuleOperator.Equal, "us-east", true)]
    [InlineData("node", NodeRuleOperator.In, "n01,n00", true)]
    [InlineData("agentVersion", NodeRuleOperator.GreaterOrEqual, "1.4", true)]
    [InlineData("agentVersion", NodeRuleOperator.Greater, "1.4.0", false)]
    [InlineData("driver", NodeRuleOperator.Less, "580.100", true)]
    [InlineData("cpus", NodeRuleOperator.Greater, "3.5", true)]
    [InlineData("cpus", NodeRuleOperator.Equal, "4.0", true)]
    [InlineData("cpus", NodeRuleOperator.In, "8,16", false)]
    [InlineData("memoryGiB", NodeRuleOperator.LessOrEqual, "8", true)]
    [InlineData("memoryGiB", NodeRuleOperator.Greater, "8", false)]
    [InlineData("memoryGiB", NodeRuleOperator.Greater, "many", false)]
    public void Compares_attributes_by_their_meaning(string attribute, NodeRuleOperator comparison, string values, bool holds) =>
        Assert.Equal(holds, new NodeRequirement(Rule(attribute, comparison, values.Split(','))).Holds(Labelled().Nodes[0]));

    [Fact]
    public void Turns_down_nodes_without_the_label_and_those_that_break_a_condition()
    {
        var node = Labelled().Nodes[0];
        string? TurnedDown(TaskTemplate template) => Placer.TurnedDownBy(Shape(template), node)?.Name;

        Assert.Null(TurnedDown(Select("zone", "a")));
        Assert.Equal("NodeSelector", TurnedDown(Select("zone", "b")));
        Assert.Equal("NodeSelector", TurnedDown(Select("rack", "a")));
        Assert.Null(TurnedDown(Constrain(Rule("zone", NodeRuleOperator.NotEqual, "b"))));
        Assert.Equal("Constraints", TurnedDown(Constrain(Rule("zone", NodeRuleOperator.NotEqual, "b"), Rule("cpus", NodeRuleOperator.Less, "4"))));
        Assert.Equal("NodeSelector", TurnedDown(Select("zone", "b") with { Demand = new Demand(Some.Cpus(1)) { Asks = [new DeviceAsk()] } }));
    }

    [Fact]
    public void Tasks_that_ask_for_other_nodes_are_of_another_shape()
    {
        Assert.Equal(Shape(Select("zone", "a")), Shape(Select("zone", "a")));
        Assert.NotEqual(Shape(Select("zone", "a")), Shape(Select("zone", "b")));
        Assert.NotEqual(Shape(Select("zone", "a")), Shape(Some.Template()));
        Assert.NotEqual(Shape(Constrain(Rule("zone", NodeRuleOperator.In, "a", "b"))), Shape(Constrain(Rule("zone", NodeRuleOperator.In, "ab"))));
        Assert.NotEqual(Shape(Constrain(Rule("zone", NodeRuleOperator.Less, "a"))), Shape(Constrain(Rule("zone", NodeRuleOperator.Greater, "a"))));
    }

    [Fact]
    public void Explains_how_many_nodes_lack_what_and_which_comes_nearest()
    {
        var ledger = new NodeLedger();
        foreach (var (number, zone) in new[] { (1, "b"), (2, "b"), (3, "b") }) Join(ledger, number, ("zone", zone));
        Join(ledger, 4);

        var (verdict, region) = OwnRegion.Judge(Shape(Select("zone", "a")), Some.East, ledger);

        Assert.Equal(PendingReason.Unsatisfiable, verdict.Reason);
        Assert.Contains("3 nodes: zone is b, asked a; 1 node: zone is not set, asked a; nearest us-east/n01", verdict.Evidence, StringComparison.Ordinal);
        Assert.Contains("--label", verdict.Next[0], StringComparison.Ordinal);
        var refusals = Assert.Single(region.TurnedDown);
        Assert.Equal(("NodeSelector", 4), (refusals.Filter, refusals.Nodes));
    }

    [Fact]
    public void A_node_that_only_is_full_is_waited_for()
    {
        var ledger = new NodeLedger();
        Join(ledger, 1, ("zone", "a"));
        Join(ledger, 2, ("zone", "b"));
        ledger.Offer(Some.Task(1), 0, Nodes.Id(1), Some.Cpus(4000, 4096));

        var (verdict, region) = OwnRegion.Judge(Shape(Select("zone", "a")), Some.East, ledger);

        Assert.Equal(PendingReason.InsufficientCapacity, verdict.Reason);
        Assert.Equal(["NodeSelector", "EnoughCpu"], region.TurnedDown.Select(t => t.Filter));
    }

    [Fact]
    public void What_no_label_of_another_region_can_meet_is_not_sent_there()
    {
        var summary = StateMachines.Regions.RegionHarness.Summary(Some.West) with { Labels = ["kernel=5.10", "zone=b"] };

        bool May(TaskTemplate template, RegionSummary said) => NodeRules.Of(template).MayHoldIn(said);
        Assert.True(May(Select("zone", "b"), summary));
        Assert.False(May(Select("zone", "a"), summary));
        Assert.True(May(Select("zone", "a"), summary with { Labels = default }));
        Assert.True(May(Constrain(Rule("kernel", NodeRuleOperator.Greater, "5.9")), summary));
        Assert.False(May(Constrain(Rule("kernel", NodeRuleOperator.Greater, "6")), summary));
        Assert.True(May(Constrain(Rule("zone", NodeRuleOperator.NotEqual, "b")), summary));
        Assert.True(May(Constrain(Rule("cpus", NodeRuleOperator.Greater, "1000")), summary));
        Assert.False(May(Constrain(Rule("region", NodeRuleOperator.Equal, "us-east")), summary));
    }

    [Fact]
    public void Asks_rules_of_many_nodes_without_allocating()
    {
        var ledger = new NodeLedger();
        for (var i = 0; i < 200; i++) Join(ledger, i, ("zone", i % 2 == 0 ? "a" : "b"), ("kernel", "5.10.1"));
        var shape = Shape(Select("zone", "a") with { Constraints = [Rule("kernel", NodeRuleOperator.Greater, "5.9"), Rule("cpus", NodeRuleOperator.GreaterOrEqual, "4")] });
        var placer = new Placer();
        placer.Pick(shape, ledger);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) placer.Pick(shape, ledger);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    internal static NodeRule Rule(string attribute, NodeRuleOperator comparison, params string[] values) => new(attribute, comparison, [.. values]);

    internal static TaskTemplate Select(string label, string value) =>
        Some.Template() with { NodeSelector = ImmutableSortedDictionary<string, string>.Empty.Add(label, value) };

    internal static TaskTemplate Constrain(params NodeRule[] rules) => Some.Template() with { Constraints = [.. rules] };

    internal static void Join(NodeLedger ledger, int number, params (string Name, string Value)[] labels) =>
        ledger.Apply(Specs.Says(Nodes.Id(number), 1, new NodeSpec(Some.Cpus(4000, 4096), [], labels.ToImmutableSortedDictionary(l => l.Name, l => l.Value), "1.0")));

    private static TaskShape Shape(TaskTemplate template) => TaskShape.Of(template, null, [Some.East]);

    private static NodeLedger Labelled()
    {
        var ledger = new NodeLedger();
        var labels = ImmutableSortedDictionary<string, string>.Empty.Add("zone", "a").Add("kernel", "1.10").Add("slots", "10").Add("cpus", "100");
        ledger.Apply(Specs.Says(Nodes.Id(0), 1, new NodeSpec(Some.Cpus(4000, 8192), [], labels, "1.4.0+abc") { DriverVersion = "580.65.06" }));
        return ledger;
    }
}
