using Lepton.Client;
using Lepton.Client.Wire;
using Lepton.Contracts;
using Lepton.Model;
using Spectre.Console;

namespace Lepton.Local.Sample;

/// <summary>Submits the sample or goes on with an unfinished one, shows how it goes, prints what came out.</summary>
public sealed class SampleRun(LocalFleet fleet, LocalOptions options)
{
    private const int PatientTries = 120;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <returns>True when the sample succeeded.</returns>
    public async Task<bool> Run(CancellationToken cancel)
    {
        var started = TimeProvider.System.GetTimestamp();
        var job = await SubmitOrResume(cancel);
        var last = await Follow(job, started, cancel);
        (SampleMemory.Load(options.Home)! with { Finished = true }).Save(options.Home);
        AnsiConsole.MarkupLineInterpolated($" sample {job} {last.State.ToLowerInvariant()} in {TimeProvider.System.GetElapsedTime(started):mm\\:ss}");
        if (last.Message is { Length: > 0 } message) AnsiConsole.MarkupLineInterpolated($" {message}");
        if (last.State == nameof(JobPhase.Succeeded)) await PrintResult(job, cancel);
        return last.State == nameof(JobPhase.Succeeded);
    }

    private async Task<string> SubmitOrResume(CancellationToken cancel)
    {
        var memory = SampleMemory.Load(options.Home);
        if (memory is { Finished: false, Job: { } known } && await Exists(known, cancel))
        {
            AnsiConsole.MarkupLineInterpolated($" going on with the sample {known}");
            return known;
        }

        // Submitted, and the answer was lost in a kill: under the same key the same job answers. Anything else is submitted anew.
        var key = memory is { Finished: false, Job: null } ? memory.IdempotencyKey : NewKey();
        try
        {
            return await Submit(key, cancel);
        }
        catch (LeptonException refused) when (refused.Code is ProblemCodes.IdempotencyKeyReused or ProblemCodes.BadParameter)
        {
            AnsiConsole.MarkupLineInterpolated($" the unfinished sample was another one ({refused.Message}); submitting a new one");
            return await Submit(NewKey(), cancel);
        }
    }

    private string NewKey() => $"{options.Regions[0]}/{Guid.NewGuid()}";

    private async Task<string> Submit(string key, CancellationToken cancel)
    {
        new SampleMemory(key, null, Finished: false).Save(options.Home);
        var accepted = await Patiently(() => fleet.Lepton.SubmitAsync(SampleSpec.Json(Shards()), new SubmitOptions(key), cancel), cancel);
        new SampleMemory(key, accepted.Job, Finished: false).Save(options.Home);
        AnsiConsole.MarkupLineInterpolated($" {(accepted.Replayed ? "going on with" : "submitted")} the sample {accepted.Job}: {accepted.Tasks} tasks");
        return accepted.Job;
    }

    private async Task<bool> Exists(string job, CancellationToken cancel)
    {
        try
        {
            await Patiently(() => fleet.Lepton.GetJobAsync(job, cancel), cancel);
            return true;
        }
        catch (LeptonException gone) when (gone.Problem.Status is 400 or 404)
        {
            return false;
        }
    }

    /// <summary>Each region gets its shard as a file of its own: the data lies in three places.</summary>
    private List<(RegionId, string)> Shards()
    {
        var shards = new List<(RegionId, string)>();
        foreach (var plan in fleet.Plans)
        {
            var shipped = SampleSpec.ShardFile(plan.Region.Value);
            if (!File.Exists(shipped)) continue;
            var own = Path.Combine(plan.Folder, "inputs", Path.GetFileName(shipped));
            Directory.CreateDirectory(Path.GetDirectoryName(own)!);
            File.Copy(shipped, own, overwrite: true);
            shards.Add((plan.Region, own));
        }

        return shards.Count > 0
            ? shards
            : throw new InvalidOperationException($"The sample has no shard for any of {string.Join(", ", options.Regions)}. Maybe use us-east, eu-west and ap-south, or --no-sample.");
    }

    private async Task<JobDetail> Follow(string job, long started, CancellationToken cancel)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected) return await FollowPlainly(job, cancel);
        JobDetail? detail = null;
        await AnsiConsole.Live(new Text("")).StartAsync(async live =>
        {
            using var pace = new PeriodicTimer(LookEvery);
            do
            {
                detail = await Patiently(() => fleet.Lepton.GetJobAsync(job, cancel), cancel);
                live.UpdateTarget((await Look(job, cancel)).ToTable(TimeProvider.System.GetElapsedTime(started)));
            }
            while (!TaskStates.IsJobOver(detail.State) && await pace.WaitForNextTickAsync(cancel));
        });
        return detail!;
    }

    /// <summary>Not a terminal: a line whenever something has changed.</summary>
    private async Task<JobDetail> FollowPlainly(string job, CancellationToken cancel)
    {
        using var pace = new PeriodicTimer(LookEvery);
        var shown = "";
        while (true)
        {
            var detail = await Patiently(() => fleet.Lepton.GetJobAsync(job, cancel), cancel);
            var line = (await Look(job, cancel)).ToString();
            if (line != shown) Console.WriteLine($" {shown = line}");
            if (TaskStates.IsJobOver(detail.State)) return detail;
            await pace.WaitForNextTickAsync(cancel);
        }
    }

    private async Task<SampleProgress> Look(string job, CancellationToken cancel)
    {
        var page = await Patiently(() => fleet.Lepton.ListTasksAsync(new TaskFilter { Job = job, Limit = ListLimits.Longest }, cancel), cancel);
        return SampleProgress.Of(page.Items, options.Regions);
    }

    private async Task PrintResult(string job, CancellationToken cancel)
    {
        var tasks = await Patiently(() => fleet.Lepton.ListTasksAsync(new TaskFilter { Job = job, Limit = ListLimits.Longest }, cancel), cancel);
        var pick = tasks.Items.Single(t => t.Group == "pick");
        var report = pick.Artifacts.Single(a => a.Name == "report.md");
        var best = pick.Artifacts.Single(a => a.Name == "best.zip");
        var store = fleet.Regions.Single(r => r.Configuration.Region == report.Region).Services.GetRequiredService<IArtifactStore>();
        await using var content = await store.Open(report.Sha256, cancel)
            ?? throw new InvalidOperationException($"The report {report.Sha256} is not in {report.Region}, although {pick.Id} succeeded.");
        Console.WriteLine();
        Console.WriteLine(await new StreamReader(content).ReadToEndAsync(cancel));
        AnsiConsole.MarkupLineInterpolated($" best model: {best.SizeBytes:N0} bytes, artifact {best.Sha256} in {best.Region}");
    }

    /// <summary>A machine that is busy with 24 trainings may answer late: "not now" is asked again, "no" is not.</summary>
    private static async Task<T> Patiently<T>(Func<Task<T>> ask, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await ask();
            }
            catch (LeptonException notNow) when (tries < PatientTries && notNow.Problem.Status is 429 or 503)
            {
                await Task.Delay(notNow.RetryAfter ?? LookEvery, cancel);
            }
        }
    }
}
