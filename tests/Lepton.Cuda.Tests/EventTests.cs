using System.Diagnostics;
using Lepton.Cuda.Tests.Fakes;
using Lepton.Model;
using Lepton.Scheduling.Devices;

namespace Lepton.Cuda.Tests;

public sealed class EventTests
{
    [Fact]
    public async Task Tells_faults_in_order_with_device_instance_and_recovery_action()
    {
        using var driver = new FakeDriver(FakeDriver.Gpus(3));
        await driver.Open();
        driver.Layer.Events.Start();
        driver.Order("xid 0 31");
        driver.Order("xid 1 94 2 0");
        driver.Order("ecc 2 1");
        var first = await driver.Next(DeviceEventKind.Xid);
        Assert.Equal(("GPU-0", 31L, (uint?)null, RecoveryAction.None), (first.Uuid, first.Code, first.GpuInstance, first.Recovery));
        var second = await driver.Next(DeviceEventKind.Xid);
        Assert.Equal(("GPU-1", 94L, 2u, 0u), (second.Uuid, second.Code, second.GpuInstance, second.ComputeInstance));
        Assert.Equal("GPU-2", (await driver.Next(DeviceEventKind.DoubleBitEcc)).Uuid);
        driver.Order("recovery 0 1");
        driver.Order("xid 0 154");
        Assert.Equal(RecoveryAction.Reset, (await driver.Next(DeviceEventKind.Xid)).Recovery);
    }

    [Fact]
    public async Task Turns_a_fault_into_a_phase_and_an_application_fault_into_none()
    {
        using var driver = new FakeDriver(FakeDriver.Gpus(1));
        await driver.Open();
        driver.Layer.Events.Start();
        driver.Order("xid 0 31");
        var health = Handle(DeviceHealth.New(DateTimeOffset.UnixEpoch), await driver.Next(DeviceEventKind.Xid));
        Assert.Equal((DevicePhase.Healthy, 1L), (health.Phase, health.Epoch));
        driver.Order("recovery 0 4");
        var begun = Stopwatch.GetTimestamp();
        driver.Order("xid 0 48");
        health = Handle(health, await driver.Next(DeviceEventKind.Xid));
        TestContext.Current.TestOutputHelper?.WriteLine($"{{\"xid_to_state_ms\": {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:0.0}}}");
        Assert.Equal((DevicePhase.Draining, 2L), (health.Phase, health.Epoch));
        driver.Order("xid 0 79");
        health = Handle(health, await driver.Next(DeviceEventKind.Xid));
        Assert.Equal((DevicePhase.Lost, 3L), (health.Phase, health.Epoch));
    }

    [Fact]
    public async Task Tells_a_lost_device_once_goes_on_with_its_neighbours_and_tells_its_return()
    {
        using var driver = new FakeDriver(FakeDriver.Gpus(3));
        await driver.Open();
        driver.Layer.Events.Start();
        driver.Order("lost 1");
        Assert.Equal("GPU-1", (await driver.Next(DeviceEventKind.Lost)).Uuid);
        driver.Order("xid 0 31");
        driver.Order("xid 2 43");
        Assert.Equal("GPU-0", (await driver.Next(DeviceEventKind.Xid)).Uuid);
        Assert.Equal("GPU-2", (await driver.Next(DeviceEventKind.Xid)).Uuid);
        driver.Order("restore 1");
        Assert.Equal("GPU-1", (await driver.Next(DeviceEventKind.Returned)).Uuid);
        Assert.Equal(3, (await driver.Enumerate()).Devices.Length);
        driver.Order("xid 1 45");
        Assert.Equal("GPU-1", (await driver.Next(DeviceEventKind.Xid)).Uuid);
    }

    [Fact]
    public async Task Tells_what_the_driver_asked_for_before_anybody_listened()
    {
        using var driver = new FakeDriver("[gpu0]\nuuid = GPU-a\n[gpu1]\nuuid = GPU-b\nrecovery = 2\n");
        await driver.Open();
        driver.Layer.Events.Start();
        var e = await driver.Next(DeviceEventKind.RecoveryChanged);
        Assert.Equal(("GPU-b", RecoveryAction.Reboot), (e.Uuid, e.Recovery));
    }

    [Fact]
    public async Task Names_no_device_when_the_driver_names_none()
    {
        using var driver = new FakeDriver(FakeDriver.Gpus(2));
        var inventory = await driver.Open();
        driver.Layer.Events.Start();
        driver.Order("orphan 61");
        var e = await driver.Next(DeviceEventKind.Xid);
        Assert.Null(e.Uuid);
        var scope = EventScope.Of(e, [.. inventory.Devices.Select(d => d.Slice)]);
        Assert.True(scope.EnumerateAgain);
        Assert.Equal(["GPU-0", "GPU-1"], scope.Uuids);
    }

    [Fact]
    public async Task Says_that_it_is_blind_and_sees_again_when_waiting_works_again()
    {
        using var driver = new FakeDriver(FakeDriver.Gpus(1));
        await driver.Open();
        driver.Order("fail nvmlEventSetWait_v2 -1 999");
        driver.Layer.Events.Start();
        Assert.Equal(999, (await driver.Next(DeviceEventKind.Blind)).Code);
        driver.Order("clearfail");
        driver.Order("xid 0 31");
        DeviceEvent e;
        do e = await driver.Layer.Events.Events.ReadAsync(TestContext.Current.CancellationToken);
        while (e.Kind == DeviceEventKind.Blind);
        Assert.Equal((DeviceEventKind.Xid, 31L), (e.Kind, e.Code));
    }

    private static DeviceHealth Handle(DeviceHealth health, DeviceEvent e) =>
        HealthMachine.Handle(health, new HealthSignal.Happened(e), HealthSettings.Default);
}
