using Lepton.Agent.Devices;
using Lepton.Agent.Devices.Sources;
using Lepton.Agent.Tests.Kit;
using Lepton.Cuda.Tests.Fakes;
using Lepton.Model;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lepton.Agent.Tests.Devices;

[Collection(DriverCollection.Name)]
public sealed class DeviceSessionTests
{
    [Fact]
    public async Task Offers_what_the_driver_tells_by_the_names_that_jobs_use()
    {
        await using var kit = await SessionKit.Begun("""
            [system]
            driver = 580.65.06
            [gpu0]
            uuid = GPU-a
            nvlink = 1:12
            [gpu1]
            uuid = GPU-b
            nvlink = 0:12
            [gpu2]
            uuid = GPU-c
            name = NVIDIA A100-SXM4-40GB
            cc = 8.0
            mig_mode = 1
            mig = MIG-1,1,0,20096
            """);
        var spec = kit.Session.Picture.In(SessionKit.Bare);

        Assert.Equal(("580.65.06", "13.0", (string?)null), (spec.DriverVersion, spec.CudaVersion, spec.DevicesFault));
        Assert.Equal([("GPU-a", "H100", (int?)0), ("GPU-b", "H100", 0), ("GPU-c", "A100", null), ("MIG-1", "A100", null)], spec.Devices.Select(d => (d.Uuid, d.Model, d.Island)));
        var whole = spec.Devices[0];
        Assert.Equal(((81559L - 551) << 20, new ComputeCapability(9, 0), false), (whole.MemoryBytes, whole.ComputeCapability!.Value, whole.Emulated));
        var instance = spec.Devices[3];
        Assert.True(spec.Devices[2].MigMode);
        Assert.Equal(("GPU-c", "2g.20gb", 1u, 0u, 20096L << 20), (instance.ParentUuid, instance.MigProfile, instance.GpuInstance, instance.ComputeInstance, instance.MemoryBytes));
        Assert.True(spec.Isolation.HasFlag(IsolationAbilities.Visibility | IsolationAbilities.Mig));
        Assert.False(spec.Isolation.HasFlag(IsolationAbilities.Mps));
    }

    [Fact]
    public async Task Says_why_when_the_library_that_was_named_is_missing()
    {
        await using var session = new DeviceSession(
            new DeviceSettings { Devices = DevicesOption.Auto, NvmlLibrary = "/nowhere/libnvidia-ml.so.1" }, new BootClock(), NullLogger.Instance);
        await session.Open();
        Assert.Empty(session.Picture.Devices);
        Assert.Contains("/nowhere/libnvidia-ml.so.1", session.Picture.Fault, StringComparison.Ordinal);
        Assert.Equal(IsolationAbilities.None, session.Picture.Isolation);
    }

    [Fact]
    public async Task Tells_a_driver_that_is_not_loaded_and_offers_its_devices_once_it_is()
    {
        await using var kit = await SessionKit.Begun(null);
        Assert.Contains("DriverNotLoaded", kit.Session.Picture.Fault, StringComparison.Ordinal);
        using var loaded = new FakeDriver(FakeDriver.Gpus(2));
        await Within.So(() => kit.News.Specs.Any(s => s.Devices.Length == 2), "the devices are told to the node");
        Assert.Null(kit.News.Specs.Last().DevicesFault);
        await kit.Swept("the devices are swept", loads => loads.Length == 2);
    }

    [Fact]
    public async Task Tells_sweeps_and_events_of_each_device()
    {
        await using var kit = await SessionKit.Begun(FakeDriver.Gpus(3));
        kit.Driver.Order("mem 1 500");
        kit.Driver.Order("xid 2 31");
        var signal = await kit.News.Signal(s => s.Kind == DeviceSignalKind.Happened, "the XID is told");
        Assert.Equal(("GPU-2", 31L, DeviceEventKind.Xid), (signal.Uuid, signal.Event!.Code, signal.Event.Kind));
        await kit.Swept("the memory is told", loads => loads is [_, { MemoryUsedBytes: 500L << 20 }, _]);
        Assert.All(kit.News.Loads, load => Assert.Equal((71_000L, 34.0, false), (load.PowerMilliwatts!.Value, load.TemperatureCelsius!.Value, load.Reading!.Lost)));
        Assert.Equal(31, kit.Session.LastXids["GPU-2"]);
    }

    [Fact]
    public async Task Tells_that_the_driver_hangs_shows_nothing_old_and_goes_on_afterwards()
    {
        await using var kit = new SessionKit(FakeDriver.Gpus(1));
        await using var quick = new DeviceSession(SessionKit.Settings(kit.Driver) with { CallLimit = TimeSpan.FromMilliseconds(300) }, new BootClock(), NullLogger.Instance);
        await quick.Open();
        quick.Begin(kit.News, SessionKit.Bare);
        await kit.Swept("a first sweep", loads => loads.Length == 1);
        kit.Driver.Order("delay nvmlDeviceGetPowerUsage 600000");
        var signal = await kit.News.Signal(s => s.Kind == DeviceSignalKind.NoAnswer, "the hang is told");
        Assert.Null(signal.Uuid);
        await kit.Swept("nothing old is shown", loads => loads.IsEmpty);
        kit.Driver.Order("delay nvmlDeviceGetPowerUsage 0");
        await kit.Swept("sweeps go on", loads => loads.Length == 1);
    }

    [Fact]
    public async Task A_device_that_answers_with_errors_only_is_told_and_reads_as_unknown_not_as_well()
    {
        await using var kit = await SessionKit.Begun(FakeDriver.Gpus(2));
        kit.Driver.Order("fail nvmlDeviceGetMemoryInfo_v2 1 18");
        kit.Driver.Order("fail nvmlDeviceGetMemoryInfo 1 18");
        var signal = await kit.News.Signal(s => s.Kind == DeviceSignalKind.NoAnswer, "the errors are told");
        Assert.Equal("GPU-1", signal.Uuid);
        await kit.Swept("nothing is said of it and its neighbour reads well", loads => loads is [{ Reading.Lost: false }, { Reading: null }]);
    }

    [Fact]
    public async Task Opens_the_driver_anew_for_a_device_that_was_not_there_when_it_was_opened()
    {
        await using var kit = await SessionKit.Begun(FakeDriver.Gpus(1));
        await kit.Swept("the only device is swept", loads => loads.Length == 1);
        using var later = new FakeDriver(FakeDriver.Gpus(2));       // a driver looks at its machine when it is opened, and not again
        kit.Session.Troubled([new DeviceState("GPU-1", DevicePhase.Lost, new Epoch(2), DateTimeOffset.UnixEpoch, "lost")]);
        await Within.So(() => kit.News.Specs.Any(s => s.Devices.Length == 2), "the device is told to the node");
        await kit.News.Signal(s => s is { Kind: DeviceSignalKind.FoundAgain, Uuid: "GPU-1" }, "it is found");
        kit.Session.Troubled([new DeviceState("GPU-1", DevicePhase.Recovering, new Epoch(2), DateTimeOffset.UnixEpoch, null)]);
        var verdict = await kit.News.Signal(s => s is { Kind: DeviceSignalKind.ContextChecked, Uuid: "GPU-1" }, "a context is checked");

        Assert.True(verdict.Ok);
        Assert.DoesNotContain(kit.News.Specs, s => s.Devices.All(d => d.Uuid != "GPU-0"));
        Assert.DoesNotContain(kit.News.Loads, l => l.Reading!.Lost);
        later.Order("xid 0 31");
        await kit.News.Signal(s => s is { Kind: DeviceSignalKind.Happened, Uuid: "GPU-0" }, "events come from the driver as it is now");
    }

    [Fact]
    public async Task Keeps_what_it_offers_while_the_driver_cannot_be_opened_anew()
    {
        await using var kit = await SessionKit.Begun(FakeDriver.Gpus(1));
        await kit.Swept("the only device is swept", loads => loads.Length == 1);
        using (var away = new FakeDriver(null))
        {
            kit.Session.Troubled([new DeviceState("GPU-1", DevicePhase.Lost, new Epoch(2), DateTimeOffset.UnixEpoch, "lost")]);
            await kit.News.Signal(s => s is { Kind: DeviceSignalKind.NoAnswer, Uuid: null }, "the node is told that nothing is known now");
            await kit.Swept("old figures are not shown", loads => loads.IsEmpty);
            Assert.Equal(["GPU-0"], kit.Session.Picture.Devices.Select(d => d.Uuid));
        }
        using var back = new FakeDriver(FakeDriver.Gpus(1));
        await kit.Swept("the device is swept again", loads => loads is [{ Reading.Lost: false }]);
        Assert.DoesNotContain(kit.News.Specs, s => s.Devices.IsEmpty);
    }

    [Fact]
    public async Task Looks_for_a_driver_that_was_not_there_when_the_node_knows_devices_of_it()
    {
        var library = Path.Combine(Directory.CreateTempSubdirectory("lepton-late-driver-").FullName, "libnvidia-ml.so.1");
        using var driver = new FakeDriver(FakeDriver.Gpus(1));
        await using var kit = new SessionKit(FakeDriver.Gpus(1), SessionKit.Settings(driver) with { NvmlLibrary = library });
        await kit.Begin();
        Assert.Empty(kit.Session.Picture.Devices);
        File.CreateSymbolicLink(library, driver.Library);
        kit.Session.Troubled([new DeviceState("GPU-0", DevicePhase.Lost, new Epoch(2), DateTimeOffset.UnixEpoch, "lost")]);

        await Within.So(() => kit.News.Specs.Any(s => s.Devices.Length == 1), "the device is told to the node");
        await kit.News.Signal(s => s is { Kind: DeviceSignalKind.FoundAgain, Uuid: "GPU-0" }, "it is found");
    }

    [Fact]
    public async Task Looks_for_a_lost_device_and_checks_a_context_on_it_when_it_is_back()
    {
        Environment.SetEnvironmentVariable("FAKE_CUDA", "ok");
        await using var kit = await SessionKit.Begun(FakeDriver.Gpus(2));
        var since = DateTimeOffset.UtcNow;
        kit.Driver.Order("lost 1");
        await kit.News.Signal(s => s.Event is { Kind: DeviceEventKind.Lost, Uuid: "GPU-1" }, "the loss is told");
        kit.Session.Troubled([new DeviceState("GPU-1", DevicePhase.Lost, new Epoch(2), since, "lost")]);
        await kit.Swept("the device reads as lost and its neighbour well", loads =>
            loads.Single(l => l.Uuid == "GPU-1").Reading!.Lost && !loads.Single(l => l.Uuid == "GPU-0").Reading!.Lost);
        Assert.DoesNotContain(kit.News.Signals, s => s.Kind == DeviceSignalKind.FoundAgain);

        kit.Driver.Order("restore 1");
        var found = await kit.News.Signal(s => s.Kind == DeviceSignalKind.FoundAgain, "the device is found again");
        Assert.Equal(("GPU-1", false), (found.Uuid, found.Reading!.Lost));
        kit.Session.Troubled([new DeviceState("GPU-1", DevicePhase.Recovering, new Epoch(2), since.AddSeconds(1), "found")]);
        var context = await kit.News.Signal(s => s.Kind == DeviceSignalKind.ContextChecked, "the context check is told");
        Assert.Equal(("GPU-1", true), (context.Uuid, context.Ok));
    }

    [Fact]
    public async Task Finds_a_draining_device_again_only_when_the_driver_asks_for_nothing_more()
    {
        await using var kit = await SessionKit.Begun(FakeDriver.Gpus(1));
        kit.Driver.Order("recovery 0 1");
        await kit.Swept("the asked-for reset is read", loads => loads is [{ Reading.Recovery: RecoveryAction.Reset }]);
        kit.Session.Troubled([new DeviceState("GPU-0", DevicePhase.Draining, new Epoch(2), DateTimeOffset.UtcNow, "reset")]);
        var sweep = kit.Session.Latest;
        await Within.So(() => kit.Session.Latest!.At - sweep!.At > TimeSpan.FromMilliseconds(200), "some sweeps pass");
        Assert.DoesNotContain(kit.News.Signals, s => s.Kind == DeviceSignalKind.FoundAgain);
        kit.Driver.Order("recovery 0 0");
        await kit.News.Signal(s => s.Kind == DeviceSignalKind.FoundAgain, "the device is found again");
    }

    [Fact]
    public async Task Emulated_devices_are_said_to_be_and_linked_by_model()
    {
        var (option, errors) = DevicesOption.Parse(["emulated:2xH100,1xT4"], "n01");
        Assert.Empty(errors);
        await using var kit = new SessionKit(null, new DeviceSettings { Devices = option, SweepEvery = TimeSpan.FromMilliseconds(20) });
        await kit.Begin();
        var devices = kit.Session.Picture.Devices;
        Assert.Equal([("EMU-n01-0", "H100", (int?)0), ("EMU-n01-1", "H100", 0), ("EMU-n01-2", "T4", null)], devices.Select(d => (d.Uuid, d.Model, d.Island)));
        Assert.All(devices, d => Assert.True(d.Emulated));
        Assert.Equal(IsolationAbilities.Visibility, kit.Session.Picture.Isolation);
        kit.Session.Emulation!.Xid("EMU-n01-1", 48);
        Assert.True((await kit.News.Signal(s => s.Uuid == "EMU-n01-1", "the emulated XID")).Event!.Emulated);
    }
}
