using Lepton.Contracts;
using Lepton.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lepton.Hosting.Tests;

/// <summary>The data endpoints of one region on a real socket, in a folder of its own.</summary>
internal sealed class DataHost : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly WebApplication _app;

    private DataHost(RegionId region, RequestDelegateWrapper? front, Func<string, LogOptions>? logs)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        Options = new ArtifactOptions { Root = _folder.Path };
        Artifacts = Stores.Artifacts(Options, new RegionDirectory(region, []));
        Logs = new FileLogStore(logs is null ? new LogOptions { Root = _folder.Path } : logs(_folder.Path));
        builder.Services.AddSingleton<IArtifactStore>(Artifacts);
        builder.Services.AddSingleton<ILogStore>(Logs);
        _app = builder.Build();
        if (front is not null) _app.Use((context, next) => front(context, next));
        _app.MapLeptonData();
    }

    /// <summary>Middleware in front of the endpoints.</summary>
    public delegate Task RequestDelegateWrapper(HttpContext context, RequestDelegate next);

    public ArtifactOptions Options { get; }

    public FileArtifactStore Artifacts { get; }

    public FileLogStore Logs { get; }

    public string Folder => _folder.Path;

    public Uri Address { get; private set; } = null!;

    public static async Task<DataHost> Start(
        string region = "us-east",
        RequestDelegateWrapper? front = null,
        Func<string, LogOptions>? logs = null)
    {
        var host = new DataHost(new RegionId(region), front, logs);
        await host._app.StartAsync();
        var addresses = host._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        host.Address = new Uri(addresses.Addresses.Single() + "/");
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Artifacts.Dispose();
        _folder.Dispose();
    }
}
