using System.Text.Json;
using Lepton.Api.Errors;
using Lepton.Api.Guarding;
using Lepton.Client;
using Lepton.Client.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Lepton.Api.Endpoints;

/// <summary>Submit and validate: a spec of any kind in.</summary>
internal static class SubmitEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/tasks", Submit)
            .WithName("SubmitTask").WithTags("tasks").WithSummary("Submit a spec of any kind: Task, TaskArray or Job")
            .WithDescription(
                "Answers once the job is durable. Repeating with the same Idempotency-Key meets the same job. "
                + "With dryRun=true nothing is submitted: the answer says which region could run it, when and at what price, and what stands against it.")
            .Accepts<JsonElement>("application/json").Takes("dryRun")
            .Produces<SubmitAccepted>(StatusCodes.Status202Accepted).Produces<SubmitOutlook>().Fails(408, 413, 415, 422);
        api.MapPost("/tasks:validate", Validate)
            .WithName("ValidateTask").WithTags("tasks").WithSummary("Read a spec and say what it would become; nothing is stored")
            .Accepts<JsonElement>("application/json").Takes()
            .Produces<SpecCheck>().Fails(408, 413, 415, 422);
    }

    private static async Task<IResult> Submit(
        HttpContext context,
        ILepton lepton,
        SubmitGate gate,
        [FromHeader(Name = LeptonHeaders.IdempotencyKey)] string? idempotencyKey,
        [FromQuery] bool? dryRun,
        CancellationToken cancel)
    {
        using var place = gate.Enter(context.Request.ContentLength);
        var json = await BodyReader.ReadJson(context.Request, cancel);
        if (dryRun == true)
        {
            if (idempotencyKey is null) return Results.Json(await lepton.DryRunAsync(json, cancel), LeptonJson.Default.SubmitOutlook);
            throw LeptonException.Of(
                ProblemCodes.BadParameter, $"Idempotency-Key '{idempotencyKey}' stands beside dryRun=true, which submits nothing and uses no key.", "Maybe leave the header out, or dryRun.");
        }

        if (idempotencyKey is not null) _ = IdempotencyKey.Parse(idempotencyKey);
        var accepted = await lepton.SubmitAsync(json, new SubmitOptions(idempotencyKey), cancel);
        if (accepted.Replayed) context.Response.Headers[LeptonHeaders.IdempotentReplayed] = "true";
        context.Response.Headers.Location = $"{LeptonApi.Prefix}/jobs/{accepted.Job}";
        return Results.Json(accepted, LeptonJson.Default.SubmitAccepted, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> Validate(HttpContext context, ILepton lepton, SubmitGate gate, CancellationToken cancel)
    {
        using var place = gate.Enter(context.Request.ContentLength);
        var json = await BodyReader.ReadJson(context.Request, cancel);
        return Results.Json(await lepton.ValidateAsync(json, cancel), LeptonJson.Default.SpecCheck);
    }
}
