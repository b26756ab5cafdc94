using System.Collections.Immutable;
using Lepton.Client;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Regions;
using Lepton.Specs;

namespace Lepton.Benchmarks.EndToEnd;

/// <summary>What waiting work costs in memory.</summary>
internal static class QueuedMemory
{
    /// <summary>Managed bytes of the region's whole process for each task of arrays that were submitted over HTTP and wait: no agent has joined.</summary>
    public static async Task<double> OfTasks(BenchFleet fleet, int arrays, int tasks)
    {
        var region = fleet.Regions[0];
        await region.Lepton.SubmitAsync(Specs.Of("warm", 1), new SubmitOptions());
        var before = await region.Used(collect: true);
        await Parallel.ForAsync(0, arrays, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, cancel) =>
            await region.Lepton.SubmitAsync(Specs.Of($"queued-{i}", tasks), new SubmitOptions(), cancel));
        var after = await region.Used(collect: true);
        return (double)(after.HeapBytes - before.HeapBytes) / ((double)arrays * tasks);
    }

    /// <summary>
    /// Managed bytes of a region machine for each queued job of one task: the machine is fed with the messages that jobs send, each parsed from
    /// the text as the API does: the same spec again and again, nothing shared between the jobs but what the machine itself shares.
    /// </summary>
    /// <param name="nameOf">The name of a job by its number.</param>
    public static double OfJobs(int jobs, Func<int, string> nameOf)
    {
        var region = new RegionId("us-east");
        var settings = new RegionSettings { Region = region, Fleet = [region, new RegionId("eu-west"), new RegionId("ap-south")] };
        var machine = new RegionMachine(region, settings);
        var shell = new MachineShell(machine, settings);
        var now = new Moment(DateTimeOffset.UnixEpoch, 1);
        shell.Start(null, [], now);
        Cycle(shell, now);
        Submit(shell, 0, nameOf, now);
        var before = Heap();
        for (var i = 1; i <= jobs; i++) Submit(shell, i, nameOf, now);
        var after = Heap();
        GC.KeepAlive(shell);
        return (double)(after - before) / jobs;
    }

    private static void Submit(MachineShell shell, int number, Func<int, string> nameOf, Moment now)
    {
        var region = ((RegionMachine)shell.Machine).Self.Region;
        var read = SpecReader.Read(Specs.Of(nameOf(number)), SpecFormat.Json, SpecContext.None with { KnownRegions = [region] });
        var spec = read.Spec ?? throw new InvalidOperationException(read.Errors[0].ToString());
        var job = new JobId(region, $"{number:D26}");
        var ready = new JobReady(job, spec, now.At, [.. spec.Groups.Select(g => new ReadyRange(g.Name, g.First, g.Count))], []);
        if (!shell.Receive(ready, out _)) throw new InvalidOperationException("The region is busy.");
        Cycle(shell, now);
    }

    private static void Cycle(MachineShell shell, Moment now)
    {
        var write = shell.Begin(now);
        shell.Commit(write is null ? null : write.ExpectedETag + 1, now);
    }

    private static long Heap()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
