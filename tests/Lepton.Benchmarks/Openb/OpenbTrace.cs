using System.Collections.Immutable;
using System.IO.Compression;
using Lepton.Scheduling.Placement.Devices;

namespace Lepton.Benchmarks.Openb;

/// <summary>A list of the openb trace with its nodes: pods by name, each with the number of its request class.</summary>
internal sealed record OpenbTrace(string List, ImmutableArray<NodeShape> Nodes, ImmutableArray<RequestClass> Classes, ImmutableArray<int> Pods)
{
    private const string Prefix = "openb_pod_list_";
    private const string Suffix = ".csv.gz";

    /// <summary>What the policies may know: how often each shape stands in the list.</summary>
    public RequestMix Mix => RequestMix.Of(Pods.CountBy(p => p).Select(c => (Classes[c.Key], (double)c.Value)));

    public int GpuMilli => Nodes.Sum(n => n.Gpus) * NodePool.WholeGpu;

    public static ImmutableArray<string> Lists(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, Prefix + "*" + Suffix)
            .Select(f => Path.GetFileName(f)[Prefix.Length..^Suffix.Length])
            .Order(StringComparer.Ordinal),
    ];

    public static OpenbTrace Read(string folder, string list)
    {
        var models = new Dictionary<string, int>();
        var nodes = Rows(Path.Combine(folder, "openb_node_list_gpu_node" + Suffix))
            .OrderBy(r => r["sn"], StringComparer.Ordinal)
            .Select(r => new NodeShape(int.Parse(r["cpu_milli"]), int.Parse(r["memory_mib"]), int.Parse(r["gpu"]), Model(models, r["model"])))
            .ToImmutableArray();
        var classes = new Dictionary<RequestClass, int>();
        var pods = ImmutableArray.CreateBuilder<int>();
        foreach (var row in Rows(Path.Combine(folder, Prefix + list + Suffix)).OrderBy(r => r["name"], StringComparer.Ordinal))
        {
            var request = Request(row, models);
            if (!classes.TryGetValue(request, out var number)) classes.Add(request, number = classes.Count);
            pods.Add(number);
        }

        return new OpenbTrace(list, nodes, [.. classes.OrderBy(c => c.Value).Select(c => c.Key)], pods.ToImmutable());
    }

    private static RequestClass Request(Dictionary<string, string> row, Dictionary<string, int> models)
    {
        var gpus = int.Parse(row["num_gpu"]);
        var accepted = row.GetValueOrDefault("gpu_spec", "").Split('|', StringSplitOptions.RemoveEmptyEntries);
        return new RequestClass(
            int.Parse(row["cpu_milli"]),
            int.Parse(row["memory_mib"]),
            gpus,
            gpus == 0 ? 0 : int.Parse(row["gpu_milli"]),
            accepted.Aggregate(0UL, (mask, name) => mask | 1UL << Model(models, name)));
    }

    private static int Model(Dictionary<string, int> models, string name)
    {
        if (!models.TryGetValue(name, out var number)) models.Add(name, number = models.Count);
        return number;
    }

    private static IEnumerable<Dictionary<string, string>> Rows(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        var names = reader.ReadLine()!.Split(',');
        while (reader.ReadLine() is { } line)
            yield return names.Zip(line.Split(',')).ToDictionary(p => p.First, p => p.Second);
    }
}
