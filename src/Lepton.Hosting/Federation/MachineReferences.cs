using Lepton.Contracts;
using Lepton.Model;
using Orleans.Runtime;

namespace Lepton.Hosting;

/// <summary>
/// References to machine grains. What a kind of grain is called is looked up once: done for each message it was a tenth of the cost of sending it.
/// </summary>
internal sealed class MachineReferences
{
    private static readonly int Kinds = Enum.GetValues<ActorKind>().Length;

    private readonly Names?[] _names = new Names?[Kinds];

    public IMachineGrain Grain(IGrainFactory grains, Address to)
    {
        if ((uint)to.Kind < (uint)Kinds && _names[(int)to.Kind] is { } names)
        {
            return (IMachineGrain)grains.GetGrain(GrainId.Create(names.Grain, to.Key), names.Interface);
        }

        var first = First(grains, to);
        _names[(int)to.Kind] = new Names(first.GetGrainId().Type, ((GrainReference)first).InterfaceType);
        return first;
    }

    private static IMachineGrain First(IGrainFactory grains, Address to) => to.Kind switch
    {
        ActorKind.Region => grains.GetGrain<IRegionGrain>(to.Key),
        ActorKind.Node => grains.GetGrain<INodeGrain>(to.Key),
        ActorKind.Task => grains.GetGrain<ITaskGrain>(to.Key),
        ActorKind.Job => grains.GetGrain<IJobGrain>(to.Key),
        ActorKind.Seat => grains.GetGrain<ISeatGrain>(to.Key),
        _ => throw new ArgumentOutOfRangeException(nameof(to), to.Kind, "No grain of that kind."),
    };

    private sealed record Names(GrainType Grain, GrainInterfaceType Interface);
}
