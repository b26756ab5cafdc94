namespace Lepton.Scheduling.Placement.Devices.Policies;

/// <summary>Which GPU of a node gets a share.</summary>
internal static class GpuChoice
{
    /// <summary>The fullest GPU that the share fits, the first among equals; -1 for anything but a share.</summary>
    public static int BestFit(ReadOnlySpan<int> free, RequestClass request)
    {
        var best = -1;
        if (!request.IsShare) return best;
        for (var g = 0; g < free.Length; g++)
        {
            if (free[g] >= request.GpuMilli && (best < 0 || free[g] < free[best])) best = g;
        }

        return best;
    }
}
