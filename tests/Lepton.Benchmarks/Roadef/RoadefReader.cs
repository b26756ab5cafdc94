using System.Collections.Immutable;
using System.IO.Compression;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Benchmarks.Roadef;

/// <summary>Reads models and assignments in the challenge's format: whitespace separated integers, plain or gzip.</summary>
internal static class RoadefReader
{
    private static readonly string[] Endings = [".txt.gz", ".txt"];

    public static IReadOnlyList<string> Names(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "model_*.txt*")
            .Select(f => Path.GetFileName(f)["model_".Length..].Split('.')[0])
            .OrderBy(n => n[..(n.IndexOf('_') + 1)], StringComparer.Ordinal)
            .ThenBy(n => n.Length)
            .ThenBy(n => n, StringComparer.Ordinal),
    ];

    public static RoadefInstance Read(string folder, string name)
    {
        var initial = Array.ConvertAll(Numbers(Find(folder, "assignment_" + name)), n => (int)n);
        return new RoadefInstance(name, Model(new Tokens(Find(folder, "model_" + name)), initial), initial, ReferenceTable.Of(folder, name));
    }

    private static PlacementModel Model(Tokens t, int[] initial)
    {
        var resources = t.Many(t.Int(), () => new PlacementResource(t.Next() == 1, t.Next()));
        var machines = t.Int();
        var routes = new long[machines][];
        var nodes = ImmutableArray.CreateBuilder<PlacementNode>(machines);
        for (var m = 0; m < machines; m++)
        {
            var (neighbourhood, location) = (t.Int(), t.Int());
            nodes.Add(new PlacementNode(t.Row(resources.Length), t.Row(resources.Length), location, neighbourhood));
            routes[m] = [.. t.Row(machines)];
        }

        var groups = t.Many(t.Int(), () => new PlacementGroup(t.Int(), t.Many(t.Int(), t.Int)));
        var processes = t.Int();
        if (initial.Length != processes)
            throw new InvalidDataException($"{t.Path}: {processes} processes, but the assignment has {initial.Length} machines.");
        var next = 0;
        var tasks = t.Many(processes, () => new PlacementTask(t.Int(), t.Row(resources.Length), t.Next(), initial[next++]));
        return new PlacementModel
        {
            Resources = resources,
            Nodes = nodes.MoveToImmutable(),
            Groups = groups,
            Tasks = tasks,
            Balances = t.Many(t.Int(), () => new PlacementBalance(t.Int(), t.Int(), t.Next(), t.Next())),
            Prices = new MovePrices(t.Next(), t.Next(), t.Next()),
            Routes = RouteTable.From(routes),
        };
    }

    private static string Find(string folder, string stem) =>
        Endings.Select(e => Path.Combine(folder, stem + e)).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"No {stem}.txt or {stem}.txt.gz in {folder}. Maybe --data names another folder.");

    private static long[] Numbers(string path)
    {
        using var file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(stream);
        return
        [
            .. reader.ReadToEnd().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(w => long.Parse(w)),
        ];
    }

    /// <summary>The numbers of a file, in order.</summary>
    private sealed class Tokens(string path)
    {
        private readonly long[] _numbers = Numbers(path);
        private int _at;

        public string Path => path;

        public long Next() => _at < _numbers.Length
            ? _numbers[_at++]
            : throw new InvalidDataException($"{path} ends after {_numbers.Length} numbers; more were announced. Maybe it is cut off.");

        public int Int() => checked((int)Next());

        public ImmutableArray<long> Row(int count) => Many(count, Next);

        public ImmutableArray<T> Many<T>(int count, Func<T> one)
        {
            var builder = ImmutableArray.CreateBuilder<T>(count);
            for (var i = 0; i < count; i++) builder.Add(one());
            return builder.MoveToImmutable();
        }
    }
}
