using Lepton.Model;

namespace Lepton.Agent.Devices.Watching;

/// <summary>What one attempt has used of its devices so far: sums over sweeps.</summary>
/// <remarks>
/// Energy and busy time are those of the device, times the attempt's part of it: no driver tells them by process. A device that cannot say leaves them out;
/// what runs while no agent looks is in the device seconds and in nothing else.
/// </remarks>
internal sealed class UsageMeter(DateTimeOffset startedAt, double parts, bool emulated, UsageSoFar? before)
{
    private readonly Lock _gate = new();
    private double? _joules = before?.Joules;
    private double? _busy = before?.BusySeconds;
    private double? _idle = before?.IdleSeconds;
    private long? _peak = before?.PeakMemoryBytes;

    /// <summary>One device over one interval; null figures are not known.</summary>
    /// <param name="part">Granted part of the device, 0 to 1.</param>
    public void Add(TimeSpan interval, double part, long? powerMilliwatts, long? kernelPercent)
    {
        var seconds = interval.TotalSeconds * part;
        lock (_gate)
        {
            if (powerMilliwatts is { } power) _joules = (_joules ?? 0) + (power / 1000.0 * seconds);
            if (kernelPercent is not { } percent) return;
            _busy = (_busy ?? 0) + (percent / 100.0 * seconds);
            _idle = (_idle ?? 0) + (percent == 0 ? seconds : 0);
        }
    }

    /// <summary>Device memory that its processes hold now, on all its devices.</summary>
    public void Saw(long memoryBytes)
    {
        lock (_gate) _peak = Math.Max(_peak ?? 0, memoryBytes);
    }

    public UsageSoFar SoFar()
    {
        lock (_gate) return new UsageSoFar(_joules, _busy, _idle, _peak);
    }

    public AttemptUsage At(DateTimeOffset now)
    {
        var sums = SoFar();
        return new AttemptUsage(Math.Max(0, (now - startedAt).TotalSeconds) * parts, sums.Joules, sums.PeakMemoryBytes, emulated)
        {
            BusySeconds = sums.BusySeconds,
            IdleSeconds = sums.IdleSeconds,
        };
    }
}

/// <summary>The sums of a <see cref="UsageMeter"/> as they lie in the attempt's folder for the next agent.</summary>
internal sealed record UsageSoFar(double? Joules, double? BusySeconds, double? IdleSeconds, long? PeakMemoryBytes);
