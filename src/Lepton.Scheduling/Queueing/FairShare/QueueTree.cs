using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Queueing.FairShare;

/// <summary>
/// Queues and cohorts as a tree of numbers: 0 is the root above all, a parent comes before its children, siblings lie side by side in the order of
/// their names, which is the order of ties.
/// </summary>
internal sealed class QueueTree
{
    public const int Root = 0;

    private readonly QueueSettings?[] _settings;
    private readonly int[] _parent;
    private readonly int[] _first;
    private readonly int[] _count;
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);

    /// <remarks>Entries whose parent is unknown or above themselves are left out: the validator of the configuration refuses them by name.</remarks>
    public QueueTree(ImmutableArray<QueueSettings> settings)
    {
        var entries = settings.IsDefaultOrEmpty ? [new QueueSettings { Name = QueueSettings.DefaultName }] : settings;
        var children = entries.ToLookup(e => e.Parent ?? "", StringComparer.Ordinal);
        var nodes = new List<QueueSettings?> { null };
        var parents = new List<int> { -1 };
        var (first, count) = (new List<int>(), new List<int>());
        for (var node = 0; node < nodes.Count; node++)
        {
            var below = children[nodes[node]?.Name ?? ""].Where(e => e.Name.Length > 0).OrderBy(e => e.Name, StringComparer.Ordinal).ToList();
            first.Add(nodes.Count);
            count.Add(below.Count);
            foreach (var entry in below)
            {
                _byName.Add(entry.Name, nodes.Count);
                nodes.Add(entry);
                parents.Add(node);
            }
        }

        (_settings, _parent, _first, _count) = ([.. nodes], [.. parents], [.. first], [.. count]);
    }

    /// <summary>Nodes, the root among them.</summary>
    public int Count => _settings.Length;

    public IEnumerable<int> Queues => Enumerable.Range(1, Count - 1).Where(IsQueue);

    /// <summary>The node with this name; -1 when there is none.</summary>
    public int Find(string name) => _byName.GetValueOrDefault(name, -1);

    /// <summary>The queue with this name; -1 when there is none, or it is a cohort.</summary>
    public int FindQueue(string name) => Find(name) is var node && node > 0 && IsQueue(node) ? node : -1;

    public bool IsQueue(int node) => node != Root && _count[node] == 0;

    public QueueSettings SettingsOf(int node) => _settings[node]!;

    public string NameOf(int node) => node == Root ? "all" : _settings[node]!.Name;

    public int WeightOf(int node) => node == Root ? 1 : _settings[node]!.Weight;

    public int ParentOf(int node) => _parent[node];

    public int FirstChildOf(int node) => _first[node];

    public int ChildrenOf(int node) => _count[node];

    /// <summary>Place among its siblings, from 0.</summary>
    public int OrdinalOf(int node) => node - _first[_parent[node]];

    /// <summary>The node below the root that it is, or is under.</summary>
    public int TopOf(int node)
    {
        while (_parent[node] > Root) node = _parent[node];
        return node;
    }

    /// <summary>The siblings at which the ways from the root to two nodes part; false when one is above the other or both are one.</summary>
    public bool Fork(int a, int b, out int sideA, out int sideB)
    {
        (sideA, sideB) = (a, b);
        var (depthA, depthB) = (DepthOf(a), DepthOf(b));
        for (; depthA > depthB; depthA--) sideA = _parent[sideA];
        for (; depthB > depthA; depthB--) sideB = _parent[sideB];
        if (sideA == sideB) return false;
        while (_parent[sideA] != _parent[sideB]) (sideA, sideB) = (_parent[sideA], _parent[sideB]);
        return true;
    }

    private int DepthOf(int node)
    {
        var depth = 0;
        for (; node != Root; node = _parent[node]) depth++;
        return depth;
    }
}
