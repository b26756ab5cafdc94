using System.Collections.Immutable;

namespace Lepton.Scheduling.Placement.Rules;

/// <summary>The labels that a region tells others about.</summary>
internal static class LabelSet
{
    /// <summary>Labels a summary names at most; with more it names none, and others have to try.</summary>
    private const int Limit = 256;

    /// <summary>Every label of these nodes once, sorted. Cost: O(labels × log).</summary>
    public static ImmutableArray<string> Of(IEnumerable<NodeEntry> nodes)
    {
        var labels = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            if (node.Spec?.Labels is not { Count: > 0 } own) continue;
            foreach (var (name, value) in own) labels.Add($"{name}={value}");
            if (labels.Count > Limit) return default;
        }

        return [.. labels];
    }
}
