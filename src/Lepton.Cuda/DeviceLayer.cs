using Lepton.Cuda.Emulated;
using Lepton.Cuda.Nvml;

namespace Lepton.Cuda;

/// <summary>The devices of this machine, opened: one probe, one guarded sampler, one event source over the same devices.</summary>
public sealed class DeviceLayer : IDisposable
{
    private readonly IDisposable _owner;

    private DeviceLayer(IDeviceProbe probe, IDeviceSampler sampler, IDeviceEventSource events, IDisposable owner, TimeSpan limit)
    {
        (Probe, Sampler, Events, _owner) = (probe, new GuardedSampler(sampler, limit), events, owner);
    }

    public IDeviceProbe Probe { get; }

    public GuardedSampler Sampler { get; }

    public IDeviceEventSource Events { get; }

    /// <summary>Opens what the options name, and nothing else: without library or driver there is an error, not an emulation.</summary>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    public static async Task<ProbeResult<DeviceLayer>> OpenAsync(DeviceOptions options, TimeProvider clock, CancellationToken cancel)
    {
        if (options.Errors().ToArray() is { Length: > 0 } errors) throw new ArgumentException(string.Join(' ', errors), nameof(options));
        if (options.Kind == ProbeKind.Emulated)
        {
            var emulated = new EmulatedDevices(options.Emulated, clock);
            return new DeviceLayer(emulated, emulated, emulated, emulated, options.CallLimit);
        }
        var opened = await NvmlSession.OpenAsync(options, cancel);
        if (!opened.Ok) return opened.Error;
        var session = opened.Value;
        return new DeviceLayer(session, new NvmlSampler(session), new NvmlEvents(session, options, clock), session, options.CallLimit);
    }

    public void Dispose()
    {
        Events.Dispose();
        Sampler.Dispose();
        _owner.Dispose();
    }
}
