using Lepton.Model;

namespace Lepton.Specs.Tests;

/// <summary>What a spec asks of nodes, as the fleet takes it.</summary>
public sealed class PlacementSpecsTests
{
    [Fact]
    public void Labels_and_conditions_reach_the_fleet()
    {
        var template = Of("placement: {nodeSelector: {zone: a, rack: 7}, constraints: [{attribute: kernel, operator: '>', value: 5.9}, {attribute: zone, operator: notIn, value: 'b, c'}, {attribute: cpus, operator: '>=', value: 8}]}");

        Assert.Equal(["rack=7", "zone=a"], template.NodeSelector.Select(l => $"{l.Key}={l.Value}"));
        Assert.Equal(["kernel: > 5.9", "zone: none of b, c", "cpus: >= 8"], template.Constraints.Select(c => c.ToString()));
    }

    [Fact]
    public void The_least_driver_is_the_choice_of_devices_and_other_conditions_on_it_are_asked_of_nodes()
    {
        var template = Of("resources: {accelerators: GPU:1}\nplacement: {constraints: [{attribute: driver, operator: '>=', value: 570}, {attribute: driver, operator: '<', value: 590}]}");

        Assert.Equal("570", Assert.Single(template.Demand.Asks).MinDriver);
        Assert.Equal("driver: < 590", Assert.Single(template.Constraints).ToString());
    }

    [Fact]
    public void A_task_joins_its_labels_with_those_of_its_job_and_replaces_its_conditions()
    {
        var spec = Texts.Accepted(Texts.Job(
            "- {name: a, run: {handler: noop}, placement: {nodeSelector: {zone: b}}}\n- {name: b, run: {handler: noop}, placement: {constraints: [{attribute: cpus, operator: '<', value: 4}]}}",
            "placement: {nodeSelector: {zone: a, rack: x}, constraints: [{attribute: cpus, operator: '>', value: 8}]}"));

        Assert.Equal(["rack=x,zone=b", "rack=x,zone=a"], spec.Groups.Select(g => string.Join(',', g.Template.NodeSelector.Select(l => $"{l.Key}={l.Value}"))));
        Assert.Equal(["> 8", "< 4"], spec.Groups.Select(g => Assert.Single(g.Template.Constraints).Asked));
    }

    [Theory]
    [InlineData("{attribute: cpus, operator: '>', value: many}", "placement.constraints[0].value: is not a number. Maybe \"8\", or \"0.5\".")]
    [InlineData("{attribute: memoryGiB, operator: in, value: '8, x'}", "placement.constraints[0].value: is not a number.")]
    [InlineData("{attribute: agentVersion, operator: '>', value: new}", "placement.constraints[0].value: is not a version of the agent.")]
    [InlineData("{attribute: zone, operator: in, value: 'a,'}", "placement.constraints[0].value: holds an empty value.")]
    [InlineData("{attribute: zone, operator: '<', value: ''}", "placement.constraints[0].value: is empty; nothing is more or less than that.")]
    [InlineData("{attribute: zone, operator: like, value: a}", "\"like\" is not one of =, !=, >, >=, <, <=, in, notIn.")]
    [InlineData("{attribute: driver, operator: '=', value: 570}", "says something of the driver of devices, but none are asked for.")]
    [InlineData("{attribute: zone, value: a}", "operator is missing.")]
    public void A_condition_that_means_nothing_is_refused_at_its_place(string constraint, string expected) =>
        Assert.Contains(expected, Assert.Single(Texts.Refused(Texts.Task($"placement: {{constraints: [{constraint}]}}"))), StringComparison.Ordinal);

    [Fact]
    public void Regions_are_a_preference_where_their_order_counts()
    {
        var template = Of("placement: {regions: [us-east, ap-south, eu-west], ordered: true}");

        Assert.True(template.RegionsOrdered);
        Assert.Equal(["us-east", "ap-south", "eu-west"], template.Regions.Select(r => r.Value));
        Assert.False(Of("placement: {regions: [us-east, ap-south], ordered: false}").RegionsOrdered);
        Assert.Contains("placement.ordered: says that the order of regions counts, but none are listed.", Assert.Single(Texts.Refused(Texts.Task("placement: {ordered: true}"))), StringComparison.Ordinal);
    }

    private static TaskTemplate Of(string more) => Texts.Accepted(Texts.Task(more)).Groups[0].Template;
}
