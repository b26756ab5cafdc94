namespace Lepton.Scheduling.Placement.Devices.Pricing;

/// <summary>All ways to fill one GPU with shares so that no other share fits.</summary>
/// <remarks><b>Cost</b> grows fast with many small sizes: beyond <see cref="Most"/> patterns there is no answer.</remarks>
internal static class SharePatterns
{
    public const int Most = 4000;

    /// <summary>How often each size (falling) stands in each pattern; null: more than <see cref="Most"/>.</summary>
    public static List<int[]>? Of(IReadOnlyList<int> sizes)
    {
        var found = new List<int[]>();
        return Fill(sizes, 0, NodePool.WholeGpu, new int[sizes.Count], found) ? found : null;
    }

    private static bool Fill(IReadOnlyList<int> sizes, int at, int left, int[] pattern, List<int[]> found)
    {
        if (at == sizes.Count)
        {
            if (sizes.Count > 0 && left >= sizes[^1]) return true;
            found.Add([.. pattern]);
            return found.Count <= Most;
        }

        for (var k = left / sizes[at]; k >= 0; k--)
        {
            pattern[at] = k;
            if (!Fill(sizes, at + 1, left - (k * sizes[at]), pattern, found)) return false;
        }

        return true;
    }
}
