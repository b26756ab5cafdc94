using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.Placement;

/// <summary>What the inputs of a task, files and outputs of others, say about where it can run, and where it runs best.</summary>
internal static class Inputs
{
    /// <summary>Outputs of other tasks draw a task to another region when so many bytes more lie there than at home: less is fetched sooner than the task is handed over.</summary>
    public const long WorthGoing = 64L << 20;

    /// <summary>A file of a machine's own disk: it cannot be fetched from another region.</summary>
    public static bool IsFile(this InputRef input) => input.Uri.StartsWith("file://", StringComparison.OrdinalIgnoreCase);

    /// <summary>The region where most bytes of these outputs lie, first name first; null: home, or not worth going there. Cost: O(outputs).</summary>
    public static RegionId? RegionOf(ImmutableArray<UpstreamOutput> upstream, RegionId home)
    {
        var bytes = new SortedDictionary<RegionId, long>();
        foreach (var output in upstream.OrEmpty())
        {
            foreach (var artifact in output.Artifacts.OrEmpty()) bytes[artifact.Region] = bytes.GetValueOrDefault(artifact.Region) + artifact.SizeBytes;
        }

        var best = home;
        foreach (var (region, there) in bytes)
        {
            if (there > bytes.GetValueOrDefault(best)) best = region;
        }

        return best != home && bytes[best] - bytes.GetValueOrDefault(home) >= WorthGoing ? best : null;
    }
}
