using Lepton.Model;
using Lepton.Scheduling;
using Lepton.Simulation.Checkers;
using Lepton.Simulation.Traces;

namespace Lepton.Simulation.World;

/// <summary>
/// Everybody who uses the fleet: submits and cancels through random regions, repeats after silence under the same id, asks why tasks wait,
/// and remembers what was acknowledged.
/// </summary>
internal sealed partial class Client(VirtualWorld world, int index, SkewedClock clock, Fleet fleet) : SimProcess(index, "client", clock)
{
    private static readonly long Timeout = TimeSpan.FromSeconds(4).Ticks;

    /// <summary>Live tasks beyond which it submits nothing more.</summary>
    private const int Patience = 60;

    private readonly Workload _workload = new(world.Seed, fleet);
    private readonly List<ClientJob> _jobs = [];
    private readonly Dictionary<TaskId, Explanation> _explained = [];
    private SeedStream _chance = SeedStream.For(world.Seed, "client");
    private bool _submitting = true;

    public IReadOnlyList<ClientJob> Jobs => _jobs;

    /// <summary>Explanations received since <see cref="ForgetExplanations"/>.</summary>
    public IReadOnlyDictionary<TaskId, Explanation> Explained => _explained;

    public void Start()
    {
        Rise();
        SubmitNext();
        AskWhy();
    }

    public void SubmitNoMore() => _submitting = false;

    public void ForgetExplanations() => _explained.Clear();

    public void Explain(TaskId task) => Ask(task.Owner, new ExplainTask(task), Address.Of(task.Owner), reply =>
    {
        if (reply is not Explained explained) return;
        _explained[task] = explained.Explanation;
        world.Emit(new ExplanationGiven(explained.Explanation));
    });

    /// <summary>Why a guest waits where it is, in words; for reports only.</summary>
    public void ExplainGuest(TaskId task, RegionId region, Action<string> said) => Ask(region, new ExplainTask(task), Address.Of(region), reply =>
        said($"{task} in {region}: {Wording.Of(reply)}"));

    /// <summary>The task's record where it has one; null while it was never dispatched.</summary>
    public TaskRow? RowOf(TaskId task) => world.SiloOf(task.Owner).Disk.Read(TaskRow.KeyOf(task))?.Value.Row as TaskRow;

    public JobRow? RowOf(JobId job) => world.SiloOf(job.Owner).Disk.Read(JobRow.KeyOf(job))?.Value.Row as JobRow;

    private void SubmitNext()
    {
        if (!_submitting) return;
        world.After(this, Pause(0.1, 4), SubmitNext);
        var live = _jobs.Where(job => !job.Refused && RowOf(job.Id)?.EndedAt is null && job.Satisfiable).Sum(job => job.Spec.TaskCount);
        if (live >= Patience) return;
        var next = _workload.Next(Clock.At(world.Queue.Now));
        _jobs.Add(next);
        Submit(next);
        if (_chance.Chance(0.12)) world.After(this, Pause(0.05, 8), () => Cancel(next));
        if (_chance.Chance(0.08)) world.After(this, Pause(0.05, 8), () => CancelOne(new TaskId(next.Id, _chance.Next(next.Spec.TaskCount))));
    }

    private void Submit(ClientJob job) => Ask(AnyRegion(), new SubmitJob(job.Id, job.Spec, job.BodyHash), Address.Of(job.Id), reply =>
    {
        switch (reply)
        {
            case JobAccepted:
                job.Acknowledged = true;
                world.Trace.Add(TraceKind.Client, "client", null, $"{job.Id} is acknowledged");
                world.Emit(new JobAcknowledged(job.Id, job.Spec, job.BodyHash));
                break;
            case Refused { Code: not (RefusalCode.StoreUnavailable or RefusalCode.RegionUnreachable or RefusalCode.NotReady) } refused:
                job.Refused = true;
                world.Trace.Add(TraceKind.Client, "client", null, $"{job.Id} is refused: {refused.Text}");
                break;
            default:
                world.After(this, Pause(0.2, 2), () => Submit(job));
                break;
        }
    });

    private void Cancel(ClientJob job)
    {
        job.CancelWished = true;
        Ask(AnyRegion(), new CancelJob(job.Id, "changed my mind", _chance.Chance(0.3)), Address.Of(job.Id), reply =>
        {
            if (reply is Ack || job.Refused) job.CancelAcknowledged = true;
            else if (reply is not Refused { Code: RefusalCode.AlreadyEnded }) world.After(this, Pause(0.2, 2), () => Cancel(job));
        });
    }

    private void CancelOne(TaskId task) => Ask(AnyRegion(), new CancelOne(task, "not this one", _chance.Chance(0.3)), Address.Of(task.Job), _ => { });

    private void AskWhy()
    {
        world.After(this, Pause(0.2, 1.5), AskWhy);
        if (_jobs.Count == 0) return;
        var job = _jobs[Math.Max(0, _jobs.Count - 1 - _chance.Next(12))];
        if (job.Acknowledged) Explain(new TaskId(job.Id, _chance.Next(job.Spec.TaskCount)));
    }

    /// <summary>A call through the silo of one region to a machine of any region.</summary>
    private void Ask(RegionId through, Message message, Address to, Action<Reply> complete)
    {
        var entry = world.SiloOf(through);
        var done = false;
        void Finish(Reply reply)
        {
            if (done) return;
            done = true;
            complete(reply);
        }

        world.Network.Send(this, entry, message, () => entry.Send(Address.Of(entry.Region), to, message, reply => world.Network.Send(entry, this, reply, () => Finish(reply))));
        world.After(this, Timeout, () =>
        {
            if (done) world.Queue.Moot();
            else Finish(new Unanswered($"no answer from {through} in time"));
        });
    }

    private RegionId AnyRegion() => fleet.Regions[_chance.Next(fleet.Regions.Length)];

    private long Pause(double least, double most) => (long)(least * Math.Pow(most / least, _chance.NextDouble()) * TimeSpan.TicksPerSecond);
}
