using System.Diagnostics;

namespace Lepton.Cuda;

/// <summary>The watchdog of sampling: sweeps on a thread of its own, so that a driver that hangs stops nobody else.</summary>
/// <remarks>One caller at a time. A sweep that comes back late is thrown away: what it read is old. Allocates only when the devices get more.</remarks>
public sealed class GuardedSampler : IDisposable
{
    private readonly IDeviceSampler _inner;
    private readonly TimeSpan _limit;
    private readonly SemaphoreSlim _asked = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private readonly Thread _thread;
    private DeviceSample[] _samples = [];
    private int _count;
    private long _begun;
    private bool _hanging;
    private volatile bool _stop;

    public GuardedSampler(IDeviceSampler inner, TimeSpan limit)
    {
        (_inner, _limit) = (inner, limit);
        _thread = new Thread(Work) { IsBackground = true, Name = "lepton-device-sweep" };
        _thread.Start();
    }

    internal IDeviceSampler Inner => _inner;

    /// <summary>Devices of the latest enumeration.</summary>
    public int Count => _inner.Count;

    /// <summary>Reads all devices once, or says within the limit that it hangs.</summary>
    /// <exception cref="ArgumentException">There is not room for every device.</exception>
    public SweepOutcome Sweep(Span<DeviceSample> samples)
    {
        ObjectDisposedException.ThrowIf(_stop, this);
        if (_hanging)
        {
            if (!_done.Wait(TimeSpan.Zero)) return new(SweepState.Hung, 0, Stopwatch.GetElapsedTime(_begun));
            _hanging = false;
        }
        var count = _inner.Count;
        if (samples.Length < count) throw new ArgumentException($"There are {count} devices and room for {samples.Length}.", nameof(samples));
        if (_samples.Length < count) _samples = new DeviceSample[count];
        _begun = Stopwatch.GetTimestamp();
        _asked.Release();
        if (!_done.Wait(_limit))
        {
            _hanging = true;
            return new(SweepState.Hung, 0, Stopwatch.GetElapsedTime(_begun));
        }
        var got = Math.Min(_count, samples.Length);
        _samples.AsSpan(0, got).CopyTo(samples);
        return new(SweepState.Completed, got, Stopwatch.GetElapsedTime(_begun));
    }

    /// <summary>Ends the thread; one that hangs in the driver is left to end with the process.</summary>
    public void Dispose()
    {
        if (_stop) return;
        _stop = true;
        _asked.Release();
        if (!_thread.Join(_hanging ? TimeSpan.Zero : _limit)) return;
        _asked.Dispose();
        _done.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            _asked.Wait();
            if (_stop) return;
            _count = _inner.Sample(_samples);
            _done.Release();
        }
    }
}
