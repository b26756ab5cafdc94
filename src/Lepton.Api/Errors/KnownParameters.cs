using System.Collections.Frozen;
using Lepton.Client;
using Lepton.Client.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Lepton.Api.Errors;

/// <summary>The query parameters an endpoint takes. Any other is refused by name: a filter that is silently ignored shows the wrong list.</summary>
internal sealed record KnownParameters(FrozenSet<string> Names)
{
    public static readonly KnownParameters None = new(FrozenSet<string>.Empty);

    public static ValueTask<object?> Check(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var known = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<KnownParameters>() ?? None;
        foreach (var name in context.HttpContext.Request.Query.Keys)
        {
            if (known.Names.Contains(name)) continue;
            throw LeptonException.Of(
                ProblemCodes.BadParameter,
                $"Query parameter '{name}' is not known here.",
                known.Names.Count == 0 ? "This address takes no parameters." : $"Known are: {string.Join(", ", known.Names.Order())}.");
        }

        return next(context);
    }
}

/// <summary>Declares parameters at the endpoint.</summary>
internal static class KnownParametersExtensions
{
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder endpoint, params string[] names) =>
        endpoint.WithMetadata(new KnownParameters(names.ToFrozenSet(StringComparer.OrdinalIgnoreCase)));
}
