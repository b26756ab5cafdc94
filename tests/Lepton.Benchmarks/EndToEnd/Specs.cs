using System.Text.Json.Nodes;

namespace Lepton.Benchmarks.EndToEnd;

/// <summary>The jobs that are submitted, as a client writes them.</summary>
internal static class Specs
{
    /// <summary>One task or, with a count, an array of them. Without a command: the no-op inside the agent. One core each: a slot of the agent.</summary>
    public static string Of(string name, int? count = null, params string[] command)
    {
        var spec = new JsonObject { ["apiVersion"] = "lepton.dev/v1", ["kind"] = count is null ? "Task" : "TaskArray", ["name"] = name };
        if (count is { } tasks) spec["array"] = new JsonObject { ["count"] = tasks };
        spec["run"] = command.Length == 0
            ? new JsonObject { ["handler"] = "noop" }
            : new JsonObject { ["command"] = new JsonArray([.. command.Select(part => (JsonNode)part)]) };
        spec["resources"] = new JsonObject { ["cpus"] = 1, ["memory"] = "16MiB" };
        return spec.ToJsonString();
    }
}
