using Lepton.Client;
using Lepton.Client.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lepton.Api.Endpoints;

/// <summary>For whoever starts and watches the process: does it live, can it serve.</summary>
internal static class HealthEndpoints
{
    private static readonly DateTimeOffset Started = TimeProvider.System.GetUtcNow();

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/healthz", () => Results.Json(new Health { Status = "alive", Process = Use() }, LeptonJson.Default.Health))
            .WithName("Health").WithTags("server").WithSummary("The process lives").Produces<Health>()
            .Produces<Problem>(StatusCodes.Status403Forbidden, "application/problem+json");
        app.MapGet("/readyz", Ready)
            .WithName("Ready").WithTags("server").WithSummary("The server's own region answers")
            .Produces<Health>().Produces<Health>(StatusCodes.Status503ServiceUnavailable)
            .Produces<Problem>(StatusCodes.Status403Forbidden, "application/problem+json");
    }

    private static ProcessUse Use()
    {
        var memory = GC.GetGCMemoryInfo();
        return new ProcessUse
        {
            Pid = Environment.ProcessId,
            UpSeconds = (long)(TimeProvider.System.GetUtcNow() - Started).TotalSeconds,
            HeapBytes = memory.HeapSizeBytes - memory.FragmentedBytes,
            HeapCommittedBytes = memory.TotalCommittedBytes,
            ResidentBytes = Environment.WorkingSet,
            PoolThreads = ThreadPool.ThreadCount,
        };
    }

    private static async Task<IResult> Ready(ILepton lepton, CancellationToken cancel)
    {
        string why;
        try
        {
            var version = await lepton.GetVersionAsync(cancel);
            var region = await lepton.GetRegionAsync(version.Region, cancel);
            if (region.State != RegionDetail.Unreachable) return Results.Json(new Health { Status = "ready" }, LeptonJson.Default.Health);
            why = region.Message ?? $"Region {region.Region} does not answer.";
        }
        catch (LeptonException e)
        {
            why = e.Message;
        }

        return Results.Json(
            new Health { Status = "not ready", Detail = why },
            LeptonJson.Default.Health,
            statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
