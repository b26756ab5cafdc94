using Lepton.Client.Wire;

namespace Lepton.Client;

/// <summary>The fleet: regions, nodes, and the server that answers.</summary>
public interface ILeptonFleet
{
    /// <summary>All configured regions; one that does not answer is listed from its last summary as unreachable, with its age.</summary>
    Task<Page<RegionDetail>> ListRegionsAsync(CancellationToken cancel = default);

    Task<RegionDetail> GetRegionAsync(string region, CancellationToken cancel = default);

    /// <summary>A page of nodes in order of their ids; regions that did not answer are named in <see cref="Page{T}.Missing"/>.</summary>
    Task<Page<NodeDetail>> ListNodesAsync(NodeFilter filter, CancellationToken cancel = default);

    /// <summary>Cordons, drains or resumes a node, named as <c>region/name</c>; answers once the wish is durable.</summary>
    Task<NodeHeld> HoldNodeAsync(string id, NodeAction action, string? reason = null, CancellationToken cancel = default);

    Task<ServerVersion> GetVersionAsync(CancellationToken cancel = default);

    /// <summary>JSON Schema of a spec kind (<c>Task</c>, <c>TaskArray</c>, <c>Job</c>), as JSON text.</summary>
    Task<string> GetSchemaAsync(string kind, CancellationToken cancel = default);
}
