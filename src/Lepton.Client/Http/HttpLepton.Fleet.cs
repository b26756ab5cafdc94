using Lepton.Client.Http;
using Lepton.Client.Wire;

namespace Lepton.Client;

public sealed partial class HttpLepton
{
    public Task<Page<RegionDetail>> ListRegionsAsync(CancellationToken cancel = default) =>
        Get("api/v1/regions", LeptonJson.Default.PageRegionDetail, cancel);

    public Task<RegionDetail> GetRegionAsync(string region, CancellationToken cancel = default) =>
        Get($"api/v1/regions/{Uri.EscapeDataString(region)}", LeptonJson.Default.RegionDetail, cancel);

    public Task<Page<NodeDetail>> ListNodesAsync(NodeFilter filter, CancellationToken cancel = default)
    {
        var query = new Query("api/v1/nodes")
            .With("region", filter.Region)
            .With("limit", filter.Limit)
            .With("cursor", filter.Cursor);
        return Get(query.ToString(), LeptonJson.Default.PageNodeDetail, cancel);
    }

    public Task<NodeHeld> HoldNodeAsync(string id, NodeAction action, string? reason = null, CancellationToken cancel = default)
    {
        var word = action switch { NodeAction.Cordon => "cordon", NodeAction.Drain => "drain", _ => "resume" };
        var path = new Query($"api/v1/nodes/{Query.Segments(id)}:{word}").With("reason", reason).ToString();
        return Read(
            () => new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json") },
            LeptonJson.Default.NodeHeld,
            cancel);
    }

    public Task<ServerVersion> GetVersionAsync(CancellationToken cancel = default) =>
        Get("api/v1/version", LeptonJson.Default.ServerVersion, cancel);

    public async Task<string> GetSchemaAsync(string kind, CancellationToken cancel = default)
    {
        using var response = await _wire.Send(
            () => new HttpRequestMessage(HttpMethod.Get, $"api/v1/schema/{Uri.EscapeDataString(kind)}"),
            cancel);
        return await response.Content.ReadAsStringAsync(cancel);
    }
}
