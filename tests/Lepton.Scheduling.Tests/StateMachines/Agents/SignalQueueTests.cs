using Lepton.Model;
using Lepton.Scheduling.StateMachines.Agents;

namespace Lepton.Scheduling.Tests.StateMachines.Agents;

public sealed class SignalQueueTests
{
    private readonly SignalQueue _queue = new();

    [Fact]
    public void Lists_signals_in_order_until_they_are_taken()
    {
        foreach (var code in new[] { 31, 48, 79 }) _queue.Add(Xid("GPU-a", code));
        _queue.Taken(1);
        Assert.Equal([(2L, 48L), (3L, 79L)], _queue.Waiting.Select(s => (s.Number, s.Event!.Code)));
        _queue.Add(Xid("GPU-a", 13));
        _queue.Taken(3);
        Assert.Equal(4, Assert.Single(_queue.Waiting).Number);
    }

    [Fact]
    public void Keeps_the_newest_of_a_fault_that_repeats_and_every_other_one()
    {
        _queue.Add(Xid("GPU-b", 79));
        for (var i = 0; i < 10_000; i++) _queue.Add(Xid("GPU-a", 31));
        Assert.Equal(SignalQueue.KeptOfOne + 1, _queue.Waiting.Length);
        Assert.Equal("GPU-b", _queue.Waiting[0].Uuid);
        Assert.Equal(10_001, _queue.Waiting[^1].Number);
    }

    [Fact]
    public void Tells_a_blind_moment_instead_of_what_finds_no_room()
    {
        for (var i = 0; i < 3 * SignalQueue.Kept; i++) _queue.Add(Xid("GPU-a", i));
        var waiting = _queue.Waiting;
        Assert.Equal(SignalQueue.Kept, waiting.Length);
        Assert.Single(waiting, s => s.Event is { Kind: DeviceEventKind.Blind, Uuid: null });
        Assert.Equal(waiting.Select(s => s.Number).Order(), waiting.Select(s => s.Number));
        Assert.Equal((3 * SignalQueue.Kept) - 1, waiting[^1].Event!.Code);
    }

    private static DeviceSignal Xid(string uuid, long code) => new(0, DeviceSignalKind.Happened, uuid, DateTimeOffset.UnixEpoch)
    {
        Event = new DeviceEvent(uuid, DeviceEventKind.Xid, code, null, null, null, false, DateTimeOffset.UnixEpoch),
    };
}
