using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Placement.Rules;

/// <summary>What the nodes of a region enforce, as it tells others.</summary>
internal static class IsolationSet
{
    /// <summary>Combinations a summary names at most; with more it names none, and others have to try.</summary>
    private const int Limit = 16;

    /// <summary>Every combination that one of these nodes has, once, sorted. Lost nodes count: what they enforce they will enforce again.</summary>
    public static ImmutableArray<IsolationAbilities> Of(IEnumerable<NodeEntry> nodes)
    {
        var sets = new SortedSet<IsolationAbilities>();
        foreach (var node in nodes)
        {
            if (node.Spec is { } spec) sets.Add(spec.Isolation);
        }

        return sets.Count > Limit ? default : [.. sets];
    }
}
