using System.Net;
using Lepton.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lepton.Agent.Devices.Telemetry;

/// <summary>Shows the figures of the devices to Prometheus, on this machine only and only when a port was given.</summary>
internal sealed class MetricsEndpoint(WebApplication? app, DeviceMeters? meters) : IAsyncDisposable
{
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<MetricsEndpoint> Start(int? port, DeviceSession session, NodeId node, ILogger log)
    {
        if (port is not { } at) return new MetricsEndpoint(null, null);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, at));
        var meters = new DeviceMeters(session, node);
        var app = builder.Build();
        app.Run(context => Answer(context, meters));
        await app.StartAsync();
        DeviceEvents.ShowsMetrics(log, at);
        return new MetricsEndpoint(app, meters);
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null) await app.DisposeAsync();
        meters?.Dispose();
    }

    private static Task Answer(HttpContext context, DeviceMeters meters)
    {
        if (context.Request.Path != "/metrics" || !HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return context.Response.WriteAsync("Maybe GET /metrics.\n");
        }
        context.Response.ContentType = PrometheusText.ContentType;
        return context.Response.WriteAsync(PrometheusText.Of(meters.Meter));
    }
}
