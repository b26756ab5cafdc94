using System.Globalization;
using System.Text.Json;
using Lepton.Client.Wire;

namespace Lepton.Benchmarks.LongRuns;

/// <summary>What silo and agent tell of their managed heap. Who does not answer is left without.</summary>
internal static class Managed
{
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(5) };

    public static async Task<ProcessSample> OfSilo(ProcessSample sample, HttpClient silo)
    {
        if (await Text(new Uri(silo.BaseAddress!, "healthz")) is not { } text) return sample;
        var use = JsonSerializer.Deserialize(text, LeptonJson.Default.Health)?.Process;
        return use is null ? sample : sample with { Heap = use.HeapBytes, Committed = use.HeapCommittedBytes };
    }

    public static async Task<ProcessSample> OfAgent(ProcessSample sample, Uri metrics) =>
        await Text(metrics) is { } text
            ? sample with { Heap = Gauge(text, "lepton_agent_heap_bytes{} "), Committed = Gauge(text, "lepton_agent_heap_committed_bytes{} ") }
            : sample;

    private static long Gauge(string text, string name)
    {
        var line = text.Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : (long)double.Parse(line.AsSpan(name.Length), CultureInfo.InvariantCulture);
    }

    private static async Task<string?> Text(Uri from)
    {
        try
        {
            return await Client.GetStringAsync(from);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }
}
