namespace Lepton.Scheduling.Annealing.Placing;

/// <summary>Cost of a route from node to node, kept by class: nodes with equal rows or columns share them.</summary>
/// <remarks>Cost: classes × classes numbers in place of nodes × nodes (25 in place of 100 in most known instances).</remarks>
public sealed class RouteTable
{
    private readonly int[] _fromClass;
    private readonly int[] _toClass;
    private readonly int _columns;
    private readonly long[] _cost;

    private RouteTable(int[] fromClass, int[] toClass, int columns, long[] cost)
    {
        _fromClass = fromClass;
        _toClass = toClass;
        _columns = columns;
        _cost = cost;
    }

    public int Nodes => _fromClass.Length;

    /// <summary>All routes free.</summary>
    public static RouteTable Free(int nodes) => new(new int[nodes], new int[nodes], 1, [0]);

    /// <summary>From a full table, <c>rows[from][to]</c>.</summary>
    public static RouteTable From(IReadOnlyList<long[]> rows)
    {
        var n = rows.Count;
        var (fromClass, fromFirst) = Classes(n, i => rows[i]);
        var (toClass, toFirst) = Classes(n, i => Column(rows, i));
        var cost = new long[fromFirst.Count * toFirst.Count];
        for (var r = 0; r < fromFirst.Count; r++)
        {
            for (var c = 0; c < toFirst.Count; c++) cost[(r * toFirst.Count) + c] = rows[fromFirst[r]][toFirst[c]];
        }

        return new RouteTable(fromClass, toClass, toFirst.Count, cost);
    }

    public long Cost(int from, int to) => _cost[(_fromClass[from] * _columns) + _toClass[to]];

    internal int RowOf(int node) => _fromClass[node] * _columns;

    internal int ColumnOf(int node) => _toClass[node];

    internal double[] Weighted(long weight) => Array.ConvertAll(_cost, c => (double)(c * weight));

    private static long[] Column(IReadOnlyList<long[]> rows, int column)
    {
        var result = new long[rows.Count];
        for (var r = 0; r < result.Length; r++) result[r] = rows[r][column];
        return result;
    }

    private static (int[] Class, List<int> First) Classes(int count, Func<int, long[]> vector)
    {
        var known = new Dictionary<ulong, List<int>>();
        var classes = new int[count];
        var first = new List<int>();
        for (var i = 0; i < count; i++)
        {
            var row = vector(i);
            var hash = Hash(row);
            if (!known.TryGetValue(hash, out var alike)) known[hash] = alike = [];
            var found = alike.FindIndex(c => vector(first[c]).AsSpan().SequenceEqual(row));
            if (found >= 0)
            {
                classes[i] = alike[found];
                continue;
            }

            classes[i] = first.Count;
            alike.Add(first.Count);
            first.Add(i);
        }

        return (classes, first);
    }

    private static ulong Hash(long[] row)
    {
        var hash = 14695981039346656037UL;      // FNV-1a over whole numbers
        foreach (var value in row) hash = (hash ^ (ulong)value) * 1099511628211UL;
        return hash;
    }
}
