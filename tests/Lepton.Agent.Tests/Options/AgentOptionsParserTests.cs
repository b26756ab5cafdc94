using System.Net;
using Lepton.Agent.Options;
using Lepton.Model;

namespace Lepton.Agent.Tests.Options;

public sealed class AgentOptionsParserTests
{
    private static readonly string[] s_required =
        ["--region", "us-east", "--name", "n01", "--gateway", "localhost:30001", "--data", "http://127.0.0.1:8081", "--state", "/var/lib/x/../lepton"];

    [Fact]
    public void Reads_everything()
    {
        var (options, errors) = AgentOptionsParser.Parse(
            [.. s_required, "--cpus", "1.5", "--memory", "4GiB", "--label", "zone=a", "--label", "tier=b=c", "--taint", "team=x:NoSchedule", "--taint", "old:PreferNoSchedule", "--until-parent-exits", "12", "--verbose"]);

        Assert.Empty(errors);
        Assert.Equal(new NodeId(new RegionId("us-east"), "n01"), options!.Node);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 30001), options.Gateway);
        Assert.Equal(new Uri("http://127.0.0.1:8081/"), options.Data);
        Assert.Equal("/var/lib/lepton", options.StateFolder);
        Assert.Equal(new Capacity(1500, 4L << 30), options.Capacity);
        Assert.Equal("a", options.Labels["zone"]);
        Assert.Equal("b=c", options.Labels["tier"]);
        Assert.Equal(["old:PreferNoSchedule", "team=x:NoSchedule"], options.Taints.Select(t => t.ToString()));
        Assert.Equal(12, options.UntilParentExits);
        Assert.True(options.Verbose);
    }

    [Fact]
    public void Reads_what_is_said_of_devices()
    {
        var (options, errors) = AgentOptionsParser.Parse(
            [.. s_required, "--devices", "emulated:2xA100", "--nvml-library", "/x/nvml", "--cuda-library", "/x/cuda", "--mps", "vision=/run/mps", "--metrics-port", "9400"]);

        Assert.Empty(errors);
        Assert.Equal(["EMU-us-east-n01-0", "EMU-us-east-n01-1"], options!.Devices.Devices.Emulated.Select(d => d.Uuid));
        Assert.Equal(("/x/nvml", "/x/cuda", "/run/mps", 9400), (options.Devices.NvmlLibrary, options.Devices.CudaLibrary, options.Devices.MpsFolders["vision"], options.MetricsPort));
    }

    [Theory]
    [InlineData("--devices", "8xH100", "--devices '8xH100' is wrong; it takes auto, none")]
    [InlineData("--metrics-port", "80", "a port from 1024 to 65535")]
    [InlineData("--mps", "vision", "it takes TENANT=FOLDER")]
    [InlineData("--taint", "gpu=h100", "--taint 'gpu=h100' has no effect behind a colon. Maybe gpu=h100:NoSchedule.")]
    [InlineData("--taint", "gpu=h100:NoExecute", "has the effect 'NoExecute', not one of NoSchedule, PreferNoSchedule. Maybe gpu=h100:NoSchedule, and drain the node (lepton node drain).")]
    [InlineData("--containers", "lxc", "--containers 'lxc' is wrong; it takes docker or podman.")]
    public void Refuses_by_name_what_cannot_be(string option, string value, string error) =>
        Assert.Contains(AgentOptionsParser.Parse([.. s_required, option, value]).Errors, e => e.Contains(error, StringComparison.Ordinal));

    [Fact]
    public void Offers_the_whole_machine_unless_told_otherwise()
    {
        var (options, _) = AgentOptionsParser.Parse(s_required);

        Assert.Equal(Environment.ProcessorCount * 1000L, options!.Capacity.MilliCpu);
        Assert.True(options.Capacity.MemoryBytes > 0);
    }

    [Fact]
    public void Lists_every_error()
    {
        var (options, errors) = AgentOptionsParser.Parse(
            ["--name", "n/01", "--gateway", "nowhere", "--data", "ftp://x", "--state", "s", "--cpus", "-1", "--memory", "4GB", "--label", "x", "--speed", "--cpus"]);

        Assert.Null(options);
        Assert.Collection(
            errors.Order(StringComparer.Ordinal),
            e => Assert.StartsWith("'--speed' is not an option", e, StringComparison.Ordinal),
            e => Assert.StartsWith("--cpus '-1' is wrong", e, StringComparison.Ordinal),
            e => Assert.StartsWith("--cpus needs a value", e, StringComparison.Ordinal),
            e => Assert.StartsWith("--data 'ftp://x' is wrong", e, StringComparison.Ordinal),
            e => Assert.StartsWith("--gateway 'nowhere' is wrong", e, StringComparison.Ordinal),
            e => Assert.StartsWith("--label 'x' is wrong", e, StringComparison.Ordinal),
            e => Assert.StartsWith("--memory '4GB' is wrong", e, StringComparison.Ordinal),
            e => Assert.StartsWith("--name 'n/01' is wrong", e, StringComparison.Ordinal),
            e => Assert.StartsWith("--region is missing", e, StringComparison.Ordinal));
    }
}
