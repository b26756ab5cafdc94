using Lepton.Agent.Devices.Telemetry;
using Lepton.Agent.Tests.Kit;
using Lepton.Model;
using Lepton.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lepton.Agent.Tests.Devices.Telemetry;

[Collection(DriverCollection.Name)]
public sealed class MetricsEndpointTests
{
    [Fact]
    public async Task Shows_figures_by_device_job_and_tenant_under_the_names_of_DCGM()
    {
        await using var kit = await SessionKit.Begun("[gpu0]\nuuid = GPU-a\nutil = 97\ntemp = 61\npower_mw = 512000\nmem_used_mib = 1000\n[gpu1]\nuuid = GPU-b\n");
        await using var bench = new Bench(devices: kit.Session);
        var assignment = bench.Assignment(["sleep", "600"]) with { Devices = [SessionKit.Grant("GPU-a")] };
        bench.Host.Start(assignment);
        await bench.Reports.HasStarted(assignment.Attempt);
        kit.Driver.Order("xid 1 43");
        await Within.So(() => kit.Session.LastXids.ContainsKey("GPU-b") && kit.Session.Latest is not null, "the XID and a sweep");
        var port = ReservedPorts.Next();
        await using var endpoint = await MetricsEndpoint.Start(port, kit.Session, new NodeId(FakeRegionData.Region, "n01"), NullLogger.Instance);
        using var client = new HttpClient();

        var text = await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"), TestContext.Current.CancellationToken);

        var holder = $"job=\"{assignment.Attempt.Task.Job}\",task=\"{assignment.Attempt.Task}\",tenant=\"{TenantId.Default.Value}\"";
        var a = "gpu=\"0\",UUID=\"GPU-a\",modelName=\"NVIDIA H100 80GB HBM3\",Hostname=\"n01\",region=\"us-east\",emulated=\"false\"";
        Assert.Contains($"DCGM_FI_DEV_GPU_UTIL{{{a},{holder}}} 97\n", text, StringComparison.Ordinal);
        Assert.Contains($"DCGM_FI_DEV_FB_USED{{{a},{holder}}} 1000\n", text, StringComparison.Ordinal);
        Assert.Contains($"DCGM_FI_DEV_GPU_TEMP{{{a},{holder}}} 61\n", text, StringComparison.Ordinal);
        Assert.Contains($"DCGM_FI_DEV_POWER_USAGE{{{a},{holder}}} 512\n", text, StringComparison.Ordinal);
        Assert.Contains($"lepton_device_granted_share{{{a},{holder}}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE DCGM_FI_DEV_XID_ERRORS gauge\nDCGM_FI_DEV_XID_ERRORS{gpu=\"1\",UUID=\"GPU-b\",", text, StringComparison.Ordinal);
        Assert.EndsWith("43\n", text.Split('\n').Single(l => l.StartsWith("DCGM_FI_DEV_XID_ERRORS{", StringComparison.Ordinal)) + "\n", StringComparison.Ordinal);
        using var other = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/"), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, other.StatusCode);
    }
}
