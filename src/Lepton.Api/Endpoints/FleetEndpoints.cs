using Lepton.Api.Errors;
using Lepton.Client;
using Lepton.Client.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lepton.Api.Endpoints;

/// <summary>Regions, nodes, version, schemas.</summary>
internal static class FleetEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/regions", async (ILepton l, CancellationToken c) =>
                Results.Json(await l.ListRegionsAsync(c), LeptonJson.Default.PageRegionDetail))
            .WithName("ListRegions").WithTags("fleet").WithSummary("All regions; those that do not answer as last heard of").Takes()
            .Produces<Page<RegionDetail>>().Fails();
        api.MapGet("/regions/{region}", async (string region, ILepton l, CancellationToken c) =>
                Results.Json(await l.GetRegionAsync(region, c), LeptonJson.Default.RegionDetail))
            .WithName("GetRegion").WithTags("fleet").WithSummary("One region").Takes()
            .Produces<RegionDetail>().Fails(404);
        api.MapGet("/nodes", async (ILepton l, CancellationToken c, string? region = null, int? limit = null, string? cursor = null) =>
                Results.Json(
                    await l.ListNodesAsync(new NodeFilter { Region = region, Limit = Paging.Limit(limit), Cursor = cursor }, c),
                    LeptonJson.Default.PageNodeDetail))
            .WithName("ListNodes").WithTags("fleet").WithSummary("Nodes in order of their ids, paged").Takes("region", "limit", "cursor")
            .Produces<Page<NodeDetail>>().Fails(404);
        MapHold(api, "cordon", NodeAction.Cordon, "Place nothing new on a node; what runs goes on");
        MapHold(api, "drain", NodeAction.Drain, "Place nothing new on a node; what runs ends with its grace as preempted and goes on elsewhere");
        MapHold(api, "resume", NodeAction.Resume, "Let a node take work again");
        api.MapGet("/version", async (ILepton l, CancellationToken c) =>
                Results.Json(await l.GetVersionAsync(c), LeptonJson.Default.ServerVersion))
            .WithName("GetVersion").WithTags("server").WithSummary("Version and region of the server that answers").Takes()
            .Produces<ServerVersion>().Fails();
        api.MapGet("/schema/{kind}", async (string kind, ILepton l, CancellationToken c) =>
                Results.Text(await l.GetSchemaAsync(kind, c), "application/schema+json"))
            .WithName("GetSchema").WithTags("server").WithSummary("JSON Schema of a spec kind").Takes()
            .Produces<string>(StatusCodes.Status200OK, "application/schema+json").Fails(404);
    }

    private static void MapHold(IEndpointRouteBuilder api, string word, NodeAction action, string summary) =>
        api.MapPost($"/nodes/{{region}}/{{name}}:{word}", async (string region, string name, ILepton l, CancellationToken c, string? reason = null) =>
                Results.Json(await l.HoldNodeAsync($"{region}/{name}", action, reason, c), LeptonJson.Default.NodeHeld))
            .WithName($"{action}Node").WithTags("fleet").WithSummary(summary)
            .WithDescription("Answers once the wish is durable. It outlives the node's agent and restarts, until the node is resumed.").Takes("reason")
            .Produces<NodeHeld>().Fails(404, 409, 415);
}
