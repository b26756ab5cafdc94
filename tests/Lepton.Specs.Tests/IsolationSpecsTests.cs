using Lepton.Model;

namespace Lepton.Specs.Tests;

public sealed class IsolationSpecsTests
{
    [Fact]
    public void Reads_isolation_into_the_demand_and_into_each_way_of_it()
    {
        var demand = Demand("resources: {accelerators: {any_of: [H100:1, A100:1]}, fraction: 0.5, isolation: [memoryWatch, MPS, cgroup]}");
        const IsolationAbilities Asked = IsolationAbilities.MemoryWatch | IsolationAbilities.Mps | IsolationAbilities.Cgroup;
        Assert.Equal(Asked, demand.Isolation);
        Assert.All(demand.Asks, ask => Assert.Equal(Asked, ask.Isolation));
    }

    [Fact]
    public void A_task_without_devices_may_ask_for_a_control_group() =>
        Assert.Equal(IsolationAbilities.Cgroup, Demand("resources: {isolation: [cgroup]}").Isolation);

    [Fact]
    public void An_image_asks_for_a_container()
    {
        var template = Texts.Accepted(Texts.Task(run: "run: {command: [train], image: \"reg.example:5000/team/trainer@sha256:0a\"}")).Groups[0].Template;
        Assert.Equal("reg.example:5000/team/trainer@sha256:0a", template.Image);
        Assert.Equal(IsolationAbilities.Container, template.Demand.Isolation);
    }

    [Fact]
    public void Image_and_isolation_are_handed_down()
    {
        var spec = Texts.Accepted(Texts.Job("- {name: a, run: {command: [x]}}\n- {name: b, run: {command: [x], image: other:2}}", "run: {image: base:1}\nresources: {isolation: [container]}"));
        Assert.Equal(["base:1", "other:2"], spec.Groups.Select(g => g.Template.Image));
        Assert.All(spec.Groups, g => Assert.Equal(IsolationAbilities.Container, g.Template.Demand.Isolation));
    }

    [Theory]
    [InlineData("[container]", "asks for a container, but the task names no image. Maybe add run.image.")]
    [InlineData("[mig]", "says something of devices, but none are asked for. Maybe add accelerators: GPU:1.")]
    [InlineData("[visibility]", "says something of devices, but none are asked for. Maybe add accelerators: GPU:1.")]
    public void Isolation_that_means_nothing_for_the_task_is_refused(string asked, string why) =>
        Assert.StartsWith($"resources.isolation[0]: {why}", Assert.Single(Texts.Refused(Texts.Task($"resources: {{isolation: {asked}}}"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("accelerators: H100:1, isolation: [mig]", "keeps MIG instances apart, and none are asked for.")]
    [InlineData("accelerators: H100:1, isolation: [mps]", "divides a device between tasks, and no part of one is asked for.")]
    [InlineData("accelerators: H100:1, fraction: 1, isolation: [mps]", "divides a device between tasks, and no part of one is asked for.")]
    public void Isolation_of_devices_that_are_not_divided_is_refused(string resources, string why) =>
        Assert.StartsWith($"resources.isolation[0]: {why}", Assert.Single(Texts.Refused(Texts.Task($"resources: {{{resources}}}"))), StringComparison.Ordinal);

    [Fact]
    public void A_control_group_of_ours_is_not_for_containers() =>
        Assert.Contains("is of tasks without an image", Assert.Single(Texts.Refused(Texts.Task("resources: {isolation: [cgroup]}", "run: {command: [a], image: x}"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("hard", "one of visibility, memoryWatch, mig, mps, cgroup, container")]
    [InlineData("cgruop", "Maybe cgroup.")]
    public void An_unknown_word_is_refused_with_the_known_ones(string word, string expected) =>
        Assert.Contains(expected, Assert.Single(Texts.Refused(Texts.Task($"resources: {{isolation: [{word}]}}"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("\"a b\"")]
    [InlineData("\"--privileged\"")]
    [InlineData("\"x:${index}\"")]
    public void What_is_no_image_is_refused(string image) =>
        Assert.Contains("is not a container image", Assert.Single(Texts.Refused(Texts.Task(run: $"run: {{command: [a], image: {image}}}"))), StringComparison.Ordinal);

    [Fact]
    public void An_image_is_refused_with_the_handler_that_runs_no_process() =>
        Assert.StartsWith("run.image: is not supported with run.handler noop", Assert.Single(Texts.Refused(Texts.Task(run: "run: {handler: noop, image: x}"))), StringComparison.Ordinal);

    private static Demand Demand(string resources) => Texts.Accepted(Texts.Task(resources)).Groups[0].Template.Demand;
}
