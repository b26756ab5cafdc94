using Lepton.Contracts;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Jobs;
using Orleans;

namespace Lepton.Grains.Jobs;

/// <summary>Carries one job's machine. A job that waits in the queue hears nothing for hours: it is collected soon, and read again when something happens.</summary>
[CollectionAgeLimit(Minutes = 2)]
public sealed class JobGrain(GrainSetup setup) : MachineGrain(setup), IJobGrain
{
    /// <summary>Rows that are read again in some milliseconds.</summary>
    private const int FewTasks = 256;

    private static readonly TimeSpan s_whileItRuns = TimeSpan.FromMinutes(15);

    private JobMachine? _machine;

    /// <summary>A job reads the rows of all its tasks when it begins again: one of many tasks stays while ends of them come in.</summary>
    protected override TimeSpan WorthKeeping => _machine?.OutcomesKnown > FewTasks ? s_whileItRuns : TimeSpan.Zero;

    protected override IStateMachine Create(string key) => JobId.TryParse(key, out var job)
        ? _machine = new JobMachine(job, Setup.Settings.Region, Setup.Settings)
        : throw new ArgumentException($"'{key}' is no job id. Maybe '<region>.<key>'.");
}
