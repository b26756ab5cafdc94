using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Placement.Rules;

/// <summary>The taints that a region tells others about, node by node: which of them stand together decides who may go there.</summary>
internal static class TaintSets
{
    /// <summary>Sets a summary names at most; with more it names none, and others have to try.</summary>
    private const int Limit = 64;

    /// <summary>Each set once, sorted. Cost: O(nodes + taints × log).</summary>
    public static ImmutableArray<TaintSet> Of(IEnumerable<NodeEntry> nodes)
    {
        var sets = new SortedDictionary<string, TaintSet>(StringComparer.Ordinal);
        var untainted = false;
        foreach (var node in nodes)
        {
            if (node.Spec is not { } spec) continue;
            if (spec.Taints.IsDefaultOrEmpty)
            {
                untainted = true;
                continue;
            }

            var hard = spec.Taints.Where(t => t.Effect == TaintEffect.NoSchedule).Order().ToImmutableArray();
            untainted |= hard.IsEmpty;
            if (!hard.IsEmpty) sets.TryAdd(string.Join('\n', hard), new TaintSet(hard));
            if (sets.Count > Limit) return default;
        }

        return untainted ? [new TaintSet([]), .. sets.Values] : [.. sets.Values];
    }
}
