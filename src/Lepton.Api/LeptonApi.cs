using Lepton.Api.Endpoints;
using Lepton.Api.Errors;
using Lepton.Api.Guarding;
using Lepton.Client.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Lepton.Api;

/// <summary>The REST API over an <see cref="Lepton.Client.ILepton"/> that the host has registered: two calls, <c>AddLeptonApi</c> and <c>MapLeptonApi</c>.</summary>
public static class LeptonApi
{
    public const string Prefix = "/api/v1";

    /// <summary>Largest body of a submit or validate.</summary>
    public const int LargestBodyBytes = 1024 * 1024;

    /// <summary>Submits worked on at one time; further ones are told to come again. Bounds memory where the store is slow.</summary>
    public const int MostSubmits = 512;

    /// <summary>Bytes of the bodies of all submits worked on at one time.</summary>
    public const long MostSubmitBytes = 64L << 20;

    /// <summary>
    /// Services of the API, and in front of the whole pipeline: readable errors, and the guard that keeps a server without authentication
    /// to this machine and away from web pages.
    /// </summary>
    public static IServiceCollection AddLeptonApi(this IServiceCollection services)
    {
        services.AddOpenApi("v1", ApiDescription.Configure);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, LeptonJson.Default);
            json.SerializerOptions.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        });
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.AddSingleton(new SubmitGate(MostSubmits, MostSubmitBytes));
        services.AddTransient<IStartupFilter, FrontOfPipeline>();
        services.AddHostedService<LoopbackAddresses>();
        return services;
    }

    /// <summary>All endpoints: <c>/api/v1/...</c>, <c>/healthz</c>, <c>/readyz</c>, <c>/openapi/v1.json</c>.</summary>
    public static IEndpointRouteBuilder MapLeptonApi(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi();
        HealthEndpoints.Map(app);
        var api = app.MapGroup(Prefix).AddEndpointFilter(KnownParameters.Check);
        SubmitEndpoints.Map(api);
        TaskEndpoints.Map(api);
        LogEndpoints.Map(api);
        JobEndpoints.Map(api);
        FleetEndpoints.Map(api);
        return app;
    }

    /// <summary>Puts the API's middleware before everything that the host adds, so that forgetting it is not possible.</summary>
    private sealed class FrontOfPipeline : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseMiddleware<ProblemMiddleware>();
            app.UseMiddleware<LoopbackGuard>();
            next(app);
        };
    }
}
