using Lepton.Sample.Data;

namespace Lepton.Sample.Tests;

/// <summary>Builds small inputs, and finds the real shards that ship with the program.</summary>
internal static class Rows
{
    public static readonly Shape Small = new(1000, 2000, 1, 500, "BE");
    public static readonly Shape Large = new(8000, 64000, 2, 1000, "LS");

    public static PodRow Row(Shape shape, long created, long seconds, string endPhase = "Running", long wait = 0) =>
        new($"pod-{created}", shape, endPhase, created, created + wait + seconds, created + wait);

    public static string ShardPath(string region) => Path.Combine(AppContext.BaseDirectory, "data", region + PodFile.Extension);

    /// <summary>Every third row of a real shard: enough to train on, little to wait for.</summary>
    public static IReadOnlyList<PodRow> Slice(string region) => [.. PodFile.Read(ShardPath(region)).Where((_, i) => i % 3 == 0)];
}
