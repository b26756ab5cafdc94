using Lepton.Contracts;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Tasks;
using Orleans;

namespace Lepton.Grains.Tasks;

/// <summary>Carries one task's machine: the owner's, or the guest record when another region owns the task.</summary>
[CollectionAgeLimit(Minutes = 2)]
public sealed class TaskGrain(GrainSetup setup) : MachineGrain(setup), ITaskGrain
{
    /// <summary>A task hears one thing at a time.</summary>
    protected override bool Gathers => false;

    protected override IStateMachine Create(string key)
    {
        if (!TaskId.TryParse(key, out var task)) throw new ArgumentException($"'{key}' is no task id. Maybe '<region>.<key>/<index>'.");
        return task.Owner == Setup.Settings.Region
            ? new TaskMachine(task, Setup.Settings.Region, Setup.Settings)
            : new GuestMachine(task, Setup.Settings.Region, Setup.Settings);
    }
}
