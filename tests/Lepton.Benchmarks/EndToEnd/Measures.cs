using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.Benchmarks.EndToEnd;

/// <summary>The ways of a task that are measured. Each returns when every outcome is durable.</summary>
internal static class Measures
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>One array, from the submit to the durable outcome of all its tasks.</summary>
    public static async Task Array(BenchFleet fleet, int tasks, params string[] command)
    {
        using var limit = new CancellationTokenSource(Limit);
        var accepted = await fleet.Lepton.SubmitAsync(Specs.Of("bench-array", tasks, command), new SubmitOptions(), limit.Token);
        await Succeeded(fleet.Lepton, accepted.Job, limit.Token);
    }

    /// <summary>Jobs of one task, each submitted by a request of its own, spread over the regions' servers.</summary>
    public static async Task Singles(BenchFleet fleet, int jobs, int connections)
    {
        using var limit = new CancellationTokenSource(Limit);
        var spec = Specs.Of("bench-single");
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < jobs; i = Interlocked.Increment(ref next))
            {
                await fleet.Regions[i % fleet.Regions.Count].Lepton.SubmitAsync(spec, new SubmitOptions(), limit.Token);
            }
        }));
        foreach (var region in fleet.Regions) await NoneLive(region, limit.Token);
    }

    /// <summary>One no-op on an idle fleet: milliseconds from before the request until the agent started it.</summary>
    public static async Task<double> SubmitToStart(RegionProcess region, CancellationToken cancel)
    {
        var before = DateTimeOffset.UtcNow;
        var accepted = await region.Lepton.SubmitAsync(Specs.Of("bench-start"), new SubmitOptions(), cancel);
        await Succeeded(region.Lepton, accepted.Job, cancel);
        var task = await region.Lepton.GetTaskAsync($"{accepted.Job}/0", cancel);
        return (task.Attempts[^1].StartedAt!.Value - before).TotalMilliseconds;
    }

    private static async Task Succeeded(HttpLepton lepton, string job, CancellationToken cancel)
    {
        while (true)
        {
            var detail = await lepton.GetJobAsync(job, cancel);
            if (detail.EndedAt is not null)
            {
                if (detail.State != "Succeeded") throw new InvalidOperationException($"Job {job} ended as {detail.State}: {detail.Message}");
                return;
            }

            await Task.Delay(LookEvery, cancel);
        }
    }

    private static async Task NoneLive(RegionProcess region, CancellationToken cancel)
    {
        while ((await region.Lepton.ListJobsAsync(new JobFilter { LiveOnly = true, Owner = region.Plan.Region.Value, Limit = 1 }, cancel)).Total > 0)
        {
            await Task.Delay(LookEvery, cancel);
        }
    }
}
