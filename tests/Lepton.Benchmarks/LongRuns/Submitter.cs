using Lepton.Client;

namespace Lepton.Benchmarks.LongRuns;

/// <summary>Steady load on one region: submits with a key, and repeats each until it is acknowledged or the run is over.</summary>
internal sealed class Submitter(RegionProcess region, Ledger ledger, LongRunOptions options, int seed)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Random _random = new(seed);

    public async Task Run(CancellationToken stop)
    {
        var mix = new LoadMix(_random);
        var gap = TimeSpan.FromSeconds(LongRunOptions.Regions.Count / options.JobsPerSecond);
        using var pace = new PeriodicTimer(gap);
        try
        {
            for (var number = 0; await pace.WaitForNextTickAsync(stop); number++) await Submit(mix.Next(region.Region), $"{region.Region}/longrun-{options.Seed}-{number}", stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    private async Task Submit(LoadJob job, string key, CancellationToken stop)
    {
        var until = DateTimeOffset.UtcNow + Patience;
        while (DateTimeOffset.UtcNow < until)
        {
            try
            {
                // Not cancelled with the run: an answer that is on its way is an acknowledgement that counts.
                var accepted = await region.Lepton.SubmitAsync(job.Spec, new SubmitOptions(key), CancellationToken.None);
                ledger.Accept(new LedgerJob(accepted.Job, region.Region, job, DateTimeOffset.UtcNow));
                return;
            }
            catch (LeptonException e) when (e.Problem.Status is 429 or 502 or 503)
            {
                ledger.CountUnanswered();
                if (stop.IsCancellationRequested) break;
                await Task.Delay(Pause, CancellationToken.None);
            }
            catch (LeptonException e)
            {
                ledger.Breach($"a good spec was refused: {e.Code} {e.Message}");
                return;
            }
        }

        ledger.GiveUp();
    }
}
