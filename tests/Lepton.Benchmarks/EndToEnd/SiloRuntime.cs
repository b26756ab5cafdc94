using System.Text.Json;

namespace Lepton.Benchmarks.EndToEnd;

/// <summary>Settings of the runtime that the silo's program ships with, handed to the region processes: they run this program's file, not that one's.</summary>
internal static class SiloRuntime
{
    private static readonly Dictionary<string, string> Names = new()
    {
        ["System.GC.Server"] = "DOTNET_gcServer",
        ["System.GC.Concurrent"] = "DOTNET_gcConcurrent",
        ["System.GC.ConserveMemory"] = "DOTNET_GCConserveMemory",
        ["System.GC.DynamicAdaptationMode"] = "DOTNET_GCDynamicAdaptationMode",
        ["System.Runtime.TieredCompilation"] = "DOTNET_TieredCompilation",
        ["System.Runtime.TieredCompilation.QuickJit"] = "DOTNET_TC_QuickJit",
        ["System.Runtime.TieredPGO"] = "DOTNET_TieredPGO",
        ["System.Threading.ThreadPool.UnfairSemaphoreSpinLimit"] = "DOTNET_ThreadPool_UnfairSemaphoreSpinLimit",
    };

    /// <summary>For what a region process starts: the agent has settings of its own.</summary>
    public static void Forget()
    {
        foreach (var name in Names.Values) System.Environment.SetEnvironmentVariable(name, null);
    }

    public static IEnumerable<(string Name, string Value)> Environment()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Lepton.Silo.runtimeconfig.json");
        using var file = JsonDocument.Parse(File.ReadAllText(path));
        if (!file.RootElement.GetProperty("runtimeOptions").TryGetProperty("configProperties", out var properties)) yield break;
        foreach (var property in properties.EnumerateObject())
        {
            if (!Names.TryGetValue(property.Name, out var name) || System.Environment.GetEnvironmentVariable(name) is not null) continue;
            yield return (name, property.Value.ValueKind switch
            {
                JsonValueKind.True => "1",
                JsonValueKind.False => "0",
                _ => property.Value.ToString(),
            });
        }
    }
}
