using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Jobs;
using Lepton.Scheduling.StateMachines.Nodes;
using Lepton.Scheduling.StateMachines.Regions;
using Lepton.Scheduling.StateMachines.Seats;
using Lepton.Scheduling.StateMachines.Tasks;

namespace Lepton.Simulation.World;

/// <summary>Which machine lives at an address, and at which address a row's machine lives: the same as the grains of production.</summary>
internal static class Machines
{
    public static Address AddressOf(Row row, RegionId region) => row switch
    {
        JobRow job => Address.Of(job.Job),
        HeldKeyRow key => Address.Of(key.Job),
        TaskRow task => Address.Of(task.Task),
        GuestRow guest => Address.Of(guest.Attempt.Task, region),
        NodeRow node => Address.Of(node.Node),
        SeatRow seat => Address.Seat(seat.Region),
        RegionRow own => Address.Of(own.Region),
        _ => throw new ArgumentOutOfRangeException(nameof(row), row.Key, "A row of unknown kind."),
    };

    public static IStateMachine Create(Address address, RegionSettings settings)
    {
        switch (address.Kind)
        {
            case ActorKind.Region:
                return new RegionMachine(settings.Region, settings);
            case ActorKind.Seat:
                return new SeatMachine(settings.Region, settings);
            case ActorKind.Node when NodeId.TryParse(address.Key, out var node):
                return new NodeMachine(node, settings);
            case ActorKind.Job when JobId.TryParse(address.Key, out var job):
                return new JobMachine(job, settings.Region, settings);
            case ActorKind.Task when TaskId.TryParse(address.Key, out var task):
                return task.Owner == settings.Region ? new TaskMachine(task, settings.Region, settings) : new GuestMachine(task, settings.Region, settings);
            default:
                throw new ArgumentOutOfRangeException(nameof(address), address, "No machine has such an address.");
        }
    }
}
