using System.Text.Json;
using System.Text.Json.Nodes;
using Lepton.Local.Agents;
using Lepton.Model;

namespace Lepton.Local.Sample;

/// <summary>The sample job: 3 shards x 8 grid rows = 24 trainings near their data, and one task that compares them.</summary>
public static class SampleSpec
{
    public const string Name = "duration-model";

    public static string Program => Path.Combine(AppContext.BaseDirectory, "sample", "Lepton.Sample.dll");

    /// <summary>The shard of a region as it is shipped.</summary>
    public static string ShardFile(string region) => Path.Combine(AppContext.BaseDirectory, "sample", "data", $"{region}.csv.gz");

    /// <param name="shards">File of each shard and the region where it lies: its tasks run there and nowhere else.</param>
    public static string Json(IEnumerable<(RegionId Region, string File)> shards)
    {
        var inputs = new JsonArray();
        foreach (var (region, file) in shards) inputs.Add(new JsonObject { ["uri"] = $"file://{file}", ["region"] = region.Value });
        return new JsonObject
        {
            ["apiVersion"] = "lepton.dev/v1",
            ["kind"] = "Job",
            ["name"] = Name,
            ["labels"] = new JsonObject { ["sample"] = "true" },
            ["inputs"] = new JsonObject { ["pods"] = inputs },
            ["tasks"] = new JsonArray(Train(), Pick()),
        }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    private static JsonObject Train() => new()
    {
        ["name"] = "train",
        ["split"] = new JsonObject { ["by"] = "inputs", ["of"] = "pods" },
        ["grid"] = new JsonObject { ["trees"] = new JsonArray(50, 100), ["leaves"] = new JsonArray(4, 8), ["rate"] = new JsonArray(0.03, 0.06) },
        ["run"] = new JsonObject
        {
            ["command"] = Array(
                DotnetHost.Path, Program, "train",
                "--input", "${input}",
                "--trees", "${grid.trees}", "--leaves", "${grid.leaves}", "--rate", "${grid.rate}"),
            ["env"] = new JsonObject { ["DOTNET_PROCESSOR_COUNT"] = "1" },
        },
        ["resources"] = new JsonObject { ["cpus"] = 1, ["memory"] = "512MiB" },
        ["outputs"] = Array("model.zip", "heldout.csv.gz"),
        ["timeLimit"] = "5m",
    };

    private static JsonObject Pick() => new()
    {
        ["name"] = "pick",
        ["dependsOn"] = Array("train"),
        ["run"] = new JsonObject { ["command"] = Array(DotnetHost.Path, Program, "pick", "--models", "${outputs.train}") },
        ["resources"] = new JsonObject { ["cpus"] = 1, ["memory"] = "1GiB" },
        ["outputs"] = Array("best.zip", "report.json", "report.md"),
        ["timeLimit"] = "5m",
    };

    private static JsonArray Array(params string[] items) => [.. items.Select(i => (JsonNode)i)];
}
