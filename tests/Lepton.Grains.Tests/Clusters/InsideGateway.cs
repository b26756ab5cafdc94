using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Grains.Tests.Clusters;

/// <summary>All machines are in this one region.</summary>
internal sealed class InsideGateway(IGrainFactory grains) : IRegionGateway
{
    public async Task<Reply> Ask(Address to, Message message, CancellationToken cancel)
    {
        try
        {
            IMachineGrain grain = to.Kind switch
            {
                ActorKind.Region => grains.GetGrain<IRegionGrain>(to.Key),
                ActorKind.Node => grains.GetGrain<INodeGrain>(to.Key),
                ActorKind.Task => grains.GetGrain<ITaskGrain>(to.Key),
                ActorKind.Job => grains.GetGrain<IJobGrain>(to.Key),
                _ => grains.GetGrain<ISeatGrain>(to.Key),
            };
            return await grain.Ask(message).WaitAsync(TimeSpan.FromSeconds(5), cancel);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return new Unanswered(error.Message);
        }
    }
}
