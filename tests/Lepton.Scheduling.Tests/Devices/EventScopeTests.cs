using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Devices;

namespace Lepton.Scheduling.Tests.Devices;

public sealed class EventScopeTests
{
    private static readonly ImmutableArray<DeviceSlice> Devices =
        [new("GPU-a"), new("MIG-1", "GPU-a", 1, 0), new("MIG-2", "GPU-a", 2, 0), new("GPU-b")];

    [Fact]
    public void Gives_an_instance_event_to_that_instance_only() => Assert.Equal(["MIG-2"], Scope("GPU-a", 2, 0).Uuids);

    [Fact]
    public void Gives_a_whole_event_to_the_device_and_its_instances() => Assert.Equal(["GPU-a", "MIG-1", "MIG-2"], Scope("GPU-a", null, null).Uuids);

    [Theory]
    [InlineData(null)]
    [InlineData("GPU-unknown")]
    public void Doubts_every_device_when_the_event_names_none_that_is_known(string? uuid)
    {
        var scope = Scope(uuid, null, null);
        Assert.True(scope.EnumerateAgain);
        Assert.Equal(Devices.Select(d => d.Uuid), scope.Uuids);
        var health = HealthMachine.Handle(DeviceHealth.New(DateTimeOffset.UnixEpoch), new HealthSignal.Happened(scope.Event), HealthSettings.Default);
        Assert.Equal(DevicePhase.Suspect, health.Phase);
    }

    [Fact]
    public void Gives_the_event_of_an_unknown_instance_to_its_parent_and_enumerates_again()
    {
        var scope = Scope("GPU-a", 7, 0);
        Assert.True(scope.EnumerateAgain);
        Assert.Equal(["GPU-a"], scope.Uuids);
    }

    private static EventScope Scope(string? uuid, uint? gi, uint? ci) =>
        EventScope.Of(new DeviceEvent(uuid, DeviceEventKind.Xid, 94, gi, ci, null, Emulated: false, DateTimeOffset.UnixEpoch), Devices);
}
