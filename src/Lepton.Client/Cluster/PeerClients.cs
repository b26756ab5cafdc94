using System.Collections.Concurrent;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Client.Cluster;

/// <summary>One HTTP client for each other region, made when first needed and kept as long as the process lives.</summary>
internal sealed class PeerClients(TimeSpan timeout)
{
    private readonly ConcurrentDictionary<RegionId, ILepton> _clients = new();

    public ILepton Of(RegionEndpoint endpoint) =>
        _clients.GetOrAdd(endpoint.Region, _ => new HttpLepton(HttpLepton.NewHttpClient(endpoint.Http, timeout)));
}
