namespace Lepton.Cuda;

/// <summary>Reads every device of the latest enumeration once, in its order, without allocating. May block for as long as a sick driver does: see <see cref="GuardedSampler"/>.</summary>
public interface IDeviceSampler
{
    /// <summary>Devices of the latest enumeration.</summary>
    int Count { get; }

    /// <summary>Fills as many samples as there are devices, and at most as many as fit; says how many.</summary>
    int Sample(Span<DeviceSample> samples);
}
