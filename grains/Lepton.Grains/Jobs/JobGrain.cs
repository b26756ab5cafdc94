using Lepton.Contracts;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Grains.Jobs;

/// <summary>Carries one job's machine.</summary>
public sealed class JobGrain(GrainSetup setup) : MachineGrain(setup), IJobGrain
{
    protected override IStateMachine Create(string key) => JobId.TryParse(key, out var job)
        ? new JobMachine(job, Setup.Settings.Region, Setup.Settings)
        : throw new ArgumentException($"'{key}' is no job id. Maybe '<region>.<key>'.");
}
