using Lepton.Contracts;
using Microsoft.AspNetCore.Http;

namespace Lepton.Hosting;

/// <summary>Errors of the stores as HTTP answers that <see cref="RegionDataClient"/> turns back.</summary>
internal static class DataProblems
{
    public static async ValueTask<object?> Translate(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception e) when (StatusOf(e) is { } status && !context.HttpContext.Response.HasStarted)
        {
            return Results.Problem(e.Message, statusCode: status);
        }
    }

    private static int? StatusOf(Exception e) => e switch
    {
        StoreUnavailableException => StatusCodes.Status503ServiceUnavailable,
        InvalidDataException => StatusCodes.Status422UnprocessableEntity,
        InvalidOperationException => StatusCodes.Status409Conflict,
        ArgumentException => StatusCodes.Status400BadRequest,
        BadHttpRequestException bad => bad.StatusCode,
        _ => null,
    };
}
