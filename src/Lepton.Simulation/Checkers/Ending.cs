using Lepton.Model;
using Lepton.Simulation.Traces;
using Lepton.Simulation.World;

namespace Lepton.Simulation.Checkers;

/// <summary>Rule 4: whether everything accepted has ended and everything taken was given back, and what has not.</summary>
internal sealed class Ending(VirtualWorld world)
{
    public bool IsReached() => !Stuck().Any();

    /// <summary>What has not ended, one by one.</summary>
    public IEnumerable<(string Entity, string Text)> Stuck() => Jobs().Concat(Machines()).Concat(Guests());

    /// <summary>Tasks that have not ended and should.</summary>
    public IEnumerable<TaskId> StuckTasks() => Open().Where(job => MustEnd(job) || Dispatched(job).Any()).SelectMany(Unended);

    /// <summary>Guests whose outcome their owner has not acknowledged.</summary>
    public IEnumerable<(TaskId Task, RegionId Region)> StuckGuests() => world.Silos.SelectMany(silo => silo.Disk.Scan("guest/")
        .Where(record => record.Value.Row is GuestRow { Phase: not GuestPhase.Settled })
        .Select(record => (((GuestRow)record.Value.Row).Attempt.Task, silo.Region)));

    /// <summary>Tasks that wait rightly: they, or what they depend on, ask for more than there is.</summary>
    public IEnumerable<TaskId> Waiting() => Open().SelectMany(Unended);

    private IEnumerable<ClientJob> Open() => world.Client.Jobs.Where(job => job.Acknowledged && world.Client.RowOf(job.Id)?.EndedAt is null);

    private IEnumerable<TaskId> Unended(ClientJob job) => Enumerable.Range(0, job.Spec.TaskCount)
        .Select(index => new TaskId(job.Id, index))
        .Where(task => world.Client.RowOf(task)?.Phase.IsTerminal() != true && !IsCancelledUndispatched(task));

    /// <summary>Cancelled before it was dispatched: such a task has no row of its own, its job has recorded it.</summary>
    private bool IsCancelledUndispatched(TaskId task) =>
        world.Client.RowOf(task) is null && world.Client.RowOf(task.Job) is { } job && (job.CancelAsked || job.CancelledIndexes.Contains(task.Index));

    private static bool MustEnd(ClientJob job) => job.Satisfiable || job.CancelAcknowledged;

    private IEnumerable<TaskRow> Dispatched(ClientJob job) => world.SiloOf(job.Id.Owner).Disk.Scan(TaskRow.PrefixOf(job.Id))
        .Select(record => (TaskRow)record.Value.Row)
        .Where(row => !row.Phase.IsTerminal());

    private IEnumerable<(string, string)> Jobs()
    {
        foreach (var job in world.Client.Jobs)
        {
            if (job.Refused) continue;
            if (!job.Acknowledged)
            {
                yield return (job.Id.ToString(), $"{job.Id} is neither acknowledged nor refused");
                continue;
            }

            var row = world.Client.RowOf(job.Id);
            if (row?.EndedAt is not null) continue;
            if (job.CancelWished && !job.CancelAcknowledged) yield return (job.Id.ToString(), $"the cancel of {job.Id} is not acknowledged");
            foreach (var task in MustEnd(job) ? Unended(job) : Dispatched(job).Select(open => open.Task))
            {
                var record = world.Client.RowOf(task);
                yield return (task.ToString(), $"{task} {(record is null ? "(no row)" : Wording.Of(record))}");
            }

            if (MustEnd(job)) yield return (job.Id.ToString(), $"{job.Id} {(row is null ? "(no row)" : Wording.Of(row))}");
        }
    }

    private IEnumerable<(string, string)> Machines()
    {
        foreach (var host in world.Hosts)
        {
            if (host.Running > 0) yield return (host.Name, $"{host.Name} still runs {host.Running} processes");
            if (world.SiloOf(host.Node.Region).Disk.Read(NodeRow.KeyOf(host.Node))?.Value.Row is NodeRow { Grants.IsEmpty: false } row)
                yield return (row.Grants[0].Attempt.ToString(), $"{host.Name} {Wording.Of(row)}");
        }
    }

    private IEnumerable<(string, string)> Guests()
    {
        foreach (var silo in world.Silos)
        {
            foreach (var record in silo.Disk.Scan("guest/"))
            {
                if (record.Value.Row is GuestRow { Phase: not GuestPhase.Settled } guest)
                    yield return (guest.Attempt.Task.ToString(), $"guest {guest.Attempt} in {silo.Region}: {Wording.Of(guest)}");
            }
        }
    }
}
