namespace Lepton.Scheduling.Placement.Devices.Policies;

/// <summary>The node that the published policies measure by.</summary>
internal static class Largest
{
    public const double CpuMilli = 128_000;
    public const double GpuMilli = 8_000;
}
