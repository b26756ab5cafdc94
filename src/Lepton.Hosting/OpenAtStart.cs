using Microsoft.Extensions.Hosting;

namespace Lepton.Hosting;

/// <summary>Opens a store with its host, not with the first call that needs it.</summary>
internal sealed class OpenAtStart<TStore>(TStore store) : IHostedService
    where TStore : notnull
{
    public TStore Store => store;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
