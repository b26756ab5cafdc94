using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lepton.Agent.Devices;
using Lepton.Agent.Tests.Kit;
using Lepton.Model;

namespace Lepton.Agent.Tests.Devices;

/// <summary>Remembers what was told of devices, and lets tests wait for it.</summary>
internal sealed class News : IDeviceNews
{
    private volatile Sweep _last = new([]);

    public ConcurrentQueue<DeviceSignal> Signals { get; } = [];

    public ConcurrentQueue<NodeSpec> Specs { get; } = [];

    public ImmutableArray<DeviceLoad> Loads => _last.Loads;

    public void Learnt(DeviceSignal signal) => Signals.Enqueue(signal);

    public void Sampled(ImmutableArray<DeviceLoad> loads) => _last = new Sweep(loads);

    public void Respecified(NodeSpec spec) => Specs.Enqueue(spec);

    /// <summary>The first signal that is so, whenever it came.</summary>
    public async Task<DeviceSignal> Signal(Func<DeviceSignal, bool> isIt, string what)
    {
        DeviceSignal? found = null;
        await Within.So(() => (found = Signals.FirstOrDefault(isIt)) is not null, what);
        return found!;
    }

    private sealed record Sweep(ImmutableArray<DeviceLoad> Loads);
}
