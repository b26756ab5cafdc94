using Lepton.Model;

namespace Lepton.Specs.Tests;

/// <summary>Devices in a spec, and the asks they come to.</summary>
public sealed class DeviceSpecsTests
{
    [Theory]
    [InlineData("accelerators: H100", "1 H100")]
    [InlineData("accelerators: H100:4", "4 H100")]
    [InlineData("accelerators: {H100: 4}", "4 H100")]
    [InlineData("accelerators: 'H100:4..8'", "4..8 H100")]
    [InlineData("accelerators: gpu:2", "2 GPU")]
    [InlineData("accelerators: TPU:4", "4 TPU")]
    [InlineData("{accelerators: A100:1, fraction: 0.25}", "0.25 of 1 A100")]
    [InlineData("{accelerators: A100, fraction: 0.25, gpuMemory: 30GiB}", "0.25 of 1 A100 with 30 GiB")]
    [InlineData("{accelerators: A100:2, gpuMemory: 80GiB}", "2 A100 with 80 GiB each")]
    [InlineData("{accelerators: H100, mig: 3g.40gb}", "1 H100 as MIG 3g.40gb")]
    [InlineData("{accelerators: H100:8, interconnect: NVLink}", "8 H100 on one island")]
    [InlineData("{accelerators: H100:1, interconnect: nvlink}", "1 H100")]
    [InlineData("{accelerators: H100:8, interconnect: any}", "8 H100")]
    [InlineData("{accelerators: GPU:8, computeCapability: '>=9.0'}", "8 GPU of compute capability 9.0 or higher")]
    public void A_wish_for_devices_reaches_the_fleet(string resources, string expected)
    {
        var text = resources.StartsWith('{') ? $"resources: {resources}" : $"resources:\n  {resources}";
        var demand = Texts.Accepted(Texts.Task(text)).Groups[0].Template.Demand;

        Assert.Equal(expected, Assert.Single(demand.Asks).ToString());
        Assert.False(demand.Ordered);
    }

    [Theory]
    [InlineData("any_of", false)]
    [InlineData("ordered", true)]
    public void Alternatives_keep_their_order_and_say_whether_it_counts(string word, bool ordered)
    {
        var demand = Texts.Accepted(Texts.Task($"resources: {{accelerators: {{{word}: ['H100:8', {{A100: 16}}]}}}}")).Groups[0].Template.Demand;

        Assert.Equal(["8 H100", "16 A100"], demand.Asks.Select(a => a.ToString()));
        Assert.Equal(ordered, demand.Ordered);
    }

    [Fact]
    public void The_driver_is_asked_by_a_constraint()
    {
        var demand = Texts.Accepted(Texts.Task(
            "resources: {accelerators: GPU:1}\nplacement: {constraints: [{attribute: driver, operator: '>=', value: 570}, {attribute: driver, operator: '>=', value: '550.10'}]}")).Groups[0].Template.Demand;

        Assert.Equal("570", Assert.Single(demand.Asks).MinDriver);
    }

    [Fact]
    public void A_task_takes_devices_over_from_its_job_field_by_field()
    {
        var spec = Texts.Accepted(Texts.Job("- {name: a, run: {handler: noop}}\n- {name: b, run: {handler: noop}, resources: {accelerators: A100:2}}", "resources: {accelerators: H100:1, computeCapability: '>=8.0'}"));

        Assert.Equal(
            ["1 H100 of compute capability 8.0 or higher", "2 A100 of compute capability 8.0 or higher"],
            spec.Groups.Select(g => Assert.Single(g.Template.Demand.Asks).ToString()));
    }

    [Theory]
    [InlineData("{fraction: 0.5}", "resources.fraction: says something of devices, but none are asked for. Maybe add accelerators: GPU:1. line 5:23")]
    [InlineData("{gpuMemory: 40GiB}", "resources.gpuMemory: says something of devices, but none are asked for. Maybe add accelerators: GPU:1. line 5:24")]
    [InlineData("{accelerators: H100:2, fraction: 0.5}", "resources.fraction: is a share of one device, but more are asked for. Maybe H100:1, or no fraction. line 5:45")]
    [InlineData("{accelerators: H100, fraction: 0.1234}", "resources.fraction: is counted in whole thousandths. Maybe 0.125. line 5:43")]
    [InlineData("{accelerators: H100, fraction: 0.5, mig: 3g.40gb}", "resources.fraction: is not given of MIG instances: an instance is a share already. Maybe a smaller profile, or no mig. line 5:43")]
    [InlineData("{accelerators: CPU:4}", "resources.accelerators: asks for CPU, which is no accelerator. Maybe cpus: 4. line 5:27")]
    [InlineData("{accelerators: H100, mig: big}", "resources.mig: \"big\" is not a MIG profile like 3g.40gb. line 5:38")]
    [InlineData("{accelerators: H100, computeCapability: '<9.0'}", "resources.computeCapability: \"<9.0\" is not a compute capability like >=9.0. line 5:52")]
    [InlineData("{accelerators: H100:2, interconnect: pcie}", "resources.interconnect: pcie is not supported by this server. Maybe any, nvlink. line 5:49")]
    public void What_makes_no_sense_is_refused_at_its_place(string resources, string expected) => Texts.RefusedWith(Texts.Task($"resources: {resources}"), expected);

    [Theory]
    [InlineData("{attribute: driver, operator: '>=', value: new}", "is not a driver version.")]
    [InlineData("{attribute: driver, operator: in, value: '570, x'}", "is not a driver version.")]
    public void A_driver_is_compared_with_a_version(string constraint, string expected) =>
        Assert.Contains(Texts.Refused(Texts.Task($"resources: {{accelerators: GPU:1}}\nplacement: {{constraints: [{constraint}]}}")), e => e.Contains(expected, StringComparison.Ordinal));
}
