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

    [Fact]
    public void Where_data_lie_is_added_up_by_region()
    {
        var template = Of("""
            placement:
              dataLocality:
                inputs: [{uri: "s3://d/x", sizeGiB: 2, region: us-east}, {uri: "s3://d/y", region: ap-south}, {uri: "s3://d/z", size: 512MiB, region: us-east}]
            """);

        Assert.Equal([("ap-south", 1L << 30), ("us-east", (2L << 30) + (512L << 20))], template.Data.Select(d => (d.Region.Value, d.Bytes)));
        Assert.False(template.DataRequired);
        Assert.True(Of("placement: {dataLocality: {inputs: [{uri: a, region: us-east}], mode: require}}").DataRequired);
    }

    [Theory]
    [InlineData("dataLocality: {inputs: [], mode: prefer}", "placement.dataLocality.inputs")]
    [InlineData("dataLocality: {mode: prefer}", "inputs is missing.")]
    [InlineData("dataLocality: {inputs: [{uri: a}]}", "region is missing.")]
    [InlineData("dataLocality: {inputs: [{uri: a, region: us-east, size: 1GiB, sizeGiB: 1}]}", "size and sizeGiB say the same thing. Maybe keep size.")]
    [InlineData("dataLocality: {inputs: [{uri: a, region: us-east}], maxEgressUsd: 3}", "placement.dataLocality.maxEgressUsd is not supported by this server.")]
    [InlineData("dataLocality: {mode: require, inputs: [{uri: a, region: us-east}, {uri: b, region: us-west}]}", "placement.dataLocality.inputs[1].region: is us-west, and other data lie in us-east: no region has all of them")]
    [InlineData("regions: [us-west], dataLocality: {mode: require, inputs: [{uri: a, region: us-east}]}", "the task would run in us-east only, and placement.regions says us-west. Maybe add us-east to the regions, or mode: prefer.")]
    [InlineData("avoid: [us-east], dataLocality: {mode: require, inputs: [{uri: a, region: us-east}]}", "the task would run in us-east only, which placement.avoid names.")]
    public void Data_that_no_region_could_serve_are_refused_at_their_place(string placement, string expected) =>
        Assert.Contains(expected, Assert.Single(Texts.Refused(Texts.Task($"placement: {{{placement}}}"))), StringComparison.Ordinal);

    [Fact]
    public void Taints_neighbours_and_spread_reach_the_fleet()
    {
        var template = Of("""
            labels: {app: web}
            placement:
              tolerations: [{key: gpu, value: h100, effect: NoSchedule}, {key: old, operator: Exists}, {key: spot, operator: Equal, value: ""}]
              affinity: {tasks: {app: cache, tier: 1}, by: zone}
              antiAffinity: [{by: node}, {tasks: {app: web}, by: rack, mode: prefer}]
              spread: {by: region, maxPerDomain: 3}
            """);

        Assert.Equal(["gpu=h100:NoSchedule", "old", "spot="], template.Tolerations.Select(t => t.ToString()));
        Assert.Equal((DomainLevel.Zone, "tasks labelled app: cache, tier: 1", false), (template.Affinity[0].By, template.Affinity[0].Whom, template.Affinity[0].Preferred));
        Assert.Equal([(DomainLevel.Node, "other tasks of its job", false), (DomainLevel.Rack, "tasks labelled app: web", true)], template.AntiAffinity.Select(r => (r.By, r.Whom, r.Preferred)));
        Assert.Equal(new SpreadRule(DomainLevel.Region, 3, 0), template.Spread);
    }

    [Theory]
    [InlineData("{by: zone, count: 3}", 10, 4, 0)]      // four of ten in each of three zones at most
    [InlineData("{by: zone, count: 10}", 10, 1, 0)]
    [InlineData("{by: zone, count: 2, maxPerDomain: 3}", 10, 3, 0)]
    [InlineData("{by: node, maxSkew: 1}", 10, 0, 1)]
    [InlineData("{by: node}", 10, 0, 0)]
    public void A_number_of_domains_is_the_part_that_each_may_take(string spread, int tasks, int most, int skew)
    {
        var rule = Texts.Accepted(Texts.Job($"- {{name: a, run: {{handler: noop}}, split: {{by: count, count: {tasks}}}, placement: {{spread: {spread}}}}}")).Groups[0].Template.Spread!;

        Assert.Equal((most, skew), (rule.MaxPerDomain, rule.MaxSkew));
    }

    [Fact]
    public void One_rule_is_written_without_a_list_and_several_with_one()
    {
        var yaml = Texts.Accepted(Texts.Task("placement: {affinity: [{by: zone}], antiAffinity: [{by: node}, {by: rack, mode: prefer}]}")).Source;

        Assert.Contains("affinity:\n    by: zone\n", yaml, StringComparison.Ordinal);
        Assert.Contains("antiAffinity:\n    - by: node\n    - by: rack\n      mode: prefer\n", yaml, StringComparison.Ordinal);
        Assert.Equal(yaml, Texts.Accepted(yaml).Source);
    }

    [Theory]
    [InlineData("tolerations: [{value: a}]", "key is missing.")]
    [InlineData("tolerations: [{key: a, effect: NoExecute}]", "\"NoExecute\" is not one of NoSchedule, PreferNoSchedule.")]
    [InlineData("tolerations: [{key: a, operator: Exists, value: b}]", "placement.tolerations[0].value: is compared with nothing where the operator is Exists. Maybe operator: Equal, or no value.")]
    [InlineData("tolerations: [{key: a, operator: Equal}]", "placement.tolerations[0]: says Equal and no value. Maybe operator: Exists, or a value.")]
    [InlineData("affinity: {tasks: {app: x}}", "placement.affinity.by is missing.")]
    [InlineData("affinity: {tasks: {}, by: node}", "placement.affinity.tasks: names no label, so it means every task and none.")]
    [InlineData("affinity: {by: host}", "\"host\" is not one of region, zone, rack, node.")]
    [InlineData("affinity: []", "it takes at least 1")]
    [InlineData("affinity: {by: node, weight: 3}", "weight: there is no such field here. Maybe one of tasks, by, mode.")]
    [InlineData("affinity: {by: node}, antiAffinity: {by: zone}", "placement.antiAffinity: forbids the tasks that affinity asks for, so the task could never be beside them. Maybe mode: prefer for one of them.")]
    [InlineData("spread: {by: zone, count: 2}", "placement.spread.count: asks for 2 domains for 1 task. Maybe 1.")]
    [InlineData("spread: {by: region, maxSkew: 1}", "placement.spread.maxSkew: compares the domains of one region; between regions it is not supported. Maybe count, or maxPerDomain.")]
    [InlineData("spread: {by: zone, maxPerDomain: 0}", "0 is not a whole number from 1 to 1,000,000. Maybe 1.")]
    [InlineData("spread: {count: 2}", "placement.spread.by is missing.")]
    public void A_rule_that_could_never_hold_is_refused_at_its_place(string placement, string expected) =>
        Assert.Contains(Texts.Refused(Texts.Task($"placement: {{{placement}}}")), e => e.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("spread: {by: region, count: 2}", "placement.spread: puts 2 of the 4 members of a gang into a region; all of them run in one. Maybe by: zone.")]
    [InlineData("antiAffinity: {by: region}", "placement.antiAffinity: keeps the members of a gang in different regions; they run in one. Maybe by: zone.")]
    public void Members_of_a_gang_are_not_spread_over_regions(string placement, string expected) => Assert.Contains(
        Texts.Refused($"apiVersion: lepton.dev/v1\nkind: Gang\nname: a\ngang: {{size: 4}}\nrun: {{command: [a]}}\nplacement: {{{placement}}}\n"), e => e.Contains(expected, StringComparison.Ordinal));

    private static TaskTemplate Of(string more) => Texts.Accepted(Texts.Task(more)).Groups[0].Template;
}
