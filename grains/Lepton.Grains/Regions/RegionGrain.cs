using Lepton.Contracts;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Regions;
using Orleans.Concurrency;

namespace Lepton.Grains.Regions;

/// <summary>Carries the region's machine.</summary>
[KeepAlive]
public sealed class RegionGrain(GrainSetup setup) : MachineGrain(setup), IRegionGrain
{
    protected override IStateMachine Create(string key) => new RegionMachine(new RegionId(key), Setup.Settings);
}
