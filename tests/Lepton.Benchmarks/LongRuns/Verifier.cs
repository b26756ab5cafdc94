using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.Benchmarks.LongRuns;

/// <summary>
/// Follows every acknowledged job of one region to its end, and holds each end against the promise: one outcome, the same when read again, and
/// for every task exactly one accepted end.
/// </summary>
internal sealed class Verifier(RegionProcess region, Ledger ledger, LongRunOptions options)
{
    private const string Completed = "Completed";
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CancelAfter = TimeSpan.FromSeconds(1);

    private readonly ILepton _lepton = region.Lepton;
    private int _seen;

    public async Task Run(CancellationToken stop)
    {
        using var pace = new PeriodicTimer(Every);
        try
        {
            do await Round();
            while (await pace.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    private async Task Round()
    {
        foreach (var job in ledger.OpenOf(region.Region))
        {
            try
            {
                await Look(job);
            }
            catch (LeptonException e) when (e.Problem.Status is 429 or 502 or 503)
            {
                ledger.CountUnanswered();
                return;
            }
            catch (LeptonException e) when (e.Code == ProblemCodes.NotFound)
            {
                ledger.Breach($"job {job.Id} ({job.Load.Kind}) was acknowledged and is gone");
                ledger.Forget(job, readAgain: false);
            }
            catch (LeptonException e)
            {
                ledger.Breach($"job {job.Id} ({job.Load.Kind}) cannot be read: {e.Code} {e.Message}");
                ledger.Forget(job, readAgain: false);
            }
        }
    }

    private async Task Look(LedgerJob job)
    {
        if (job.Outcome is not null)
        {
            await LookAgain(job);
            return;
        }

        if (job.Load.Cancel && !job.CancelAsked && DateTimeOffset.UtcNow - job.AcceptedAt > CancelAfter) await Cancel(job);
        var found = await _lepton.GetJobAsync(job.Id);
        if (!TaskStates.IsJobOver(found.State)) return;
        var repeats = await CheckTasks(job, found);
        ledger.End(job, found.State, found.EndedAt, repeats);
        // Every eighth end is read once more, as late as retention allows with certainty.
        if (_seen++ % 8 == 0) job.ReadAgainAt = DateTimeOffset.UtcNow + (options.Retain / 3);
        else ledger.Forget(job, readAgain: false);
    }

    private async Task LookAgain(LedgerJob job)
    {
        if (DateTimeOffset.UtcNow < job.ReadAgainAt) return;
        // A region that was down meanwhile may have swept it by now, and rightly so.
        if (DateTimeOffset.UtcNow - job.EndedAt > options.Retain * 0.9)
        {
            ledger.Forget(job, readAgain: false);
            return;
        }

        var found = await _lepton.GetJobAsync(job.Id);
        if (found.State != job.Outcome || found.EndedAt != job.EndedAt) ledger.Breach($"job {job.Id} ended {job.Outcome} at {job.EndedAt:O} and later {found.State} at {found.EndedAt:O}");
        ledger.Forget(job, readAgain: true);
    }

    private async Task Cancel(LedgerJob job)
    {
        try
        {
            await _lepton.CancelJobAsync(job.Id, new CancelOptions("long run"));
        }
        catch (LeptonException e) when (e.Code == ProblemCodes.AlreadyEnded)
        {
            // It was quicker.
        }

        job.CancelAsked = true;
    }

    /// <summary>How many attempts there were beyond the first of each task.</summary>
    private async Task<int> CheckTasks(LedgerJob job, JobDetail found)
    {
        var tasks = await _lepton.ListTasksAsync(new TaskFilter { Job = job.Id, Limit = 500 });
        if (found.State == "Succeeded" && tasks.Total != job.Load.Tasks) ledger.Breach($"job {job.Id} succeeded with {tasks.Total} tasks of {job.Load.Tasks}");
        var repeats = 0;
        foreach (var summary in tasks.Items)
        {
            var task = await _lepton.GetTaskAsync(summary.Id);
            repeats += Math.Max(0, task.Attempt - 1);
            if (!TaskStates.IsOver(task.State)) ledger.Breach($"job {job.Id} is {found.State} and its task {task.Id} is {task.State}");
            if (task.Attempts.Any(a => a.End is null)) ledger.Breach($"task {task.Id} is {task.State} and an attempt of it has no end");
            var accepted = task.Attempts.Count(a => a.End == Completed);
            if (task.State == "Succeeded" ? accepted != 1 : accepted > 0 && !job.Load.Cancel) ledger.Breach($"task {task.Id} is {task.State} with {accepted} accepted ends");
        }

        return repeats;
    }
}
