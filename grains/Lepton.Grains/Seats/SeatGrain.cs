using Lepton.Contracts;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Seats;

namespace Lepton.Grains.Seats;

/// <summary>Carries the region's seat.</summary>
[KeepAlive]
public sealed class SeatGrain(GrainSetup setup) : MachineGrain(setup), ISeatGrain
{
    protected override IStateMachine Create(string key) => new SeatMachine(new RegionId(key), Setup.Settings);
}
