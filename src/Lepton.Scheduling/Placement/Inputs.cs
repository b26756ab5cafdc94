using Lepton.Model;

namespace Lepton.Scheduling.Placement;

/// <summary>What an input's address says about where its tasks can run.</summary>
internal static class Inputs
{
    /// <summary>A file of a machine's own disk: it cannot be fetched from another region.</summary>
    public static bool IsFile(this InputRef input) => input.Uri.StartsWith("file://", StringComparison.OrdinalIgnoreCase);
}
