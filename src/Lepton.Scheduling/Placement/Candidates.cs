using System.Diagnostics.CodeAnalysis;

namespace Lepton.Scheduling.Placement;

/// <summary>Nodes that fit a shape, best first, taken one after the other. The arrays are kept and grow only.</summary>
internal sealed class Candidates
{
    private (double Score, int Order)[] _ranks = [];
    private NodeEntry[] _nodes = [];
    private int _count;
    private int _next;

    /// <summary>Nothing was added since the last <see cref="Clear"/>; all taken is not empty.</summary>
    public bool IsEmpty => _count == 0;

    public void Clear() => (_count, _next) = (0, 0);

    /// <summary>Adds in the order of ties.</summary>
    public void Add(NodeEntry node, double score)
    {
        if (_count == _nodes.Length)
        {
            var size = Math.Max(16, _count * 2);
            Array.Resize(ref _ranks, size);
            Array.Resize(ref _nodes, size);
        }

        _ranks[_count] = (-score, _count);
        _nodes[_count++] = node;
    }

    public void Sort() => Array.Sort(_ranks, _nodes, 0, _count);

    public bool TryTake([NotNullWhen(true)] out NodeEntry? node)
    {
        node = _next < _count ? _nodes[_next++] : null;
        return node is not null;
    }
}
