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
    /// <remarks>
    /// A pass over long queues takes milliseconds, an explanation tries many changes. Both work on the region's picture of its nodes, which is theirs alone
    /// until the cycle ends; the nodes, who own what is granted, refuse the part of a plan that has been overtaken.
    /// </remarks>
    protected override bool DecidesApart => true;

    protected override IStateMachine Create(string key) => new RegionMachine(new RegionId(key), Setup.Settings);
}
