namespace Lepton.Benchmarks.Worlds;

/// <summary>Largest flow from a source to a sink.</summary>
/// <remarks>Cost: O(V² E) at worst. Source: Dinic, 1970.</remarks>
internal sealed class MaxFlow(int vertices)
{
    private const double Least = 1e-9;

    private readonly List<(int To, int Back)>[] _edges = [.. Enumerable.Range(0, vertices).Select(_ => new List<(int, int)>())];
    private readonly List<double>[] _room = [.. Enumerable.Range(0, vertices).Select(_ => new List<double>())];

    public void Add(int from, int to, double capacity)
    {
        _edges[from].Add((to, _edges[to].Count));
        _edges[to].Add((from, _edges[from].Count - 1));
        _room[from].Add(capacity);
        _room[to].Add(0);
    }

    public double Run(int source, int sink)
    {
        var total = 0.0;
        while (Levels(source, sink) is { } level)
        {
            var next = new int[vertices];
            double pushed;
            while ((pushed = Push(source, sink, double.MaxValue, level, next)) > Least) total += pushed;
        }

        return total;
    }

    private int[]? Levels(int source, int sink)
    {
        var level = new int[vertices];
        Array.Fill(level, -1);
        level[source] = 0;
        var queue = new Queue<int>([source]);
        while (queue.TryDequeue(out var at))
        {
            for (var e = 0; e < _edges[at].Count; e++)
            {
                var to = _edges[at][e].To;
                if (_room[at][e] <= Least || level[to] >= 0) continue;
                level[to] = level[at] + 1;
                queue.Enqueue(to);
            }
        }

        return level[sink] < 0 ? null : level;
    }

    private double Push(int at, int sink, double most, int[] level, int[] next)
    {
        if (at == sink) return most;
        for (; next[at] < _edges[at].Count; next[at]++)
        {
            var e = next[at];
            var (to, back) = _edges[at][e];
            if (_room[at][e] <= Least || level[to] != level[at] + 1) continue;
            var pushed = Push(to, sink, Math.Min(most, _room[at][e]), level, next);
            if (pushed <= Least) continue;
            _room[at][e] -= pushed;
            _room[to][back] += pushed;
            return pushed;
        }

        return 0;
    }
}
