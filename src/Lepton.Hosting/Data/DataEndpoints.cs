using Lepton.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lepton.Hosting;

/// <summary>
/// Artifacts and logs of a region over HTTP, for agents, the API and other regions. They check no caller themselves: the host puts its guard
/// in front of the whole app (the API's middleware), or on the group that is returned here.
/// </summary>
public static class DataEndpoints
{
    /// <summary>Maps <c>/data/...</c>; needs <see cref="IArtifactStore"/> and <see cref="ILogStore"/> in the services.</summary>
    /// <returns>The group, for conventions of the host such as an authorization policy.</returns>
    public static RouteGroupBuilder MapLeptonData(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/");
        group.AddEndpointFilter(DataProblems.Translate);
        group.MapMethods(DataRoutes.Artifact, [HttpMethods.Get, HttpMethods.Head], ArtifactEndpoints.Get);
        group.MapPut(DataRoutes.Artifact, ArtifactEndpoints.Put);
        group.MapGet(DataRoutes.Log, LogEndpoints.Read);
        group.MapPost(DataRoutes.Log, LogEndpoints.Append);
        group.MapGet(DataRoutes.LogExtent, LogEndpoints.Extent);
        group.MapPost(DataRoutes.LogComplete, LogEndpoints.Complete);
        group.ExcludeFromDescription();
        return group;
    }
}
