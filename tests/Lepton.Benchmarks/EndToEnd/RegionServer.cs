using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Lepton.Local.Agents;
using Lepton.Local.Regions;
using Lepton.Regions;

namespace Lepton.Benchmarks.EndToEnd;

/// <summary>
/// The inside of a region process: the silo, store and API of the local fleet, and commands on the standard input, one a line:
/// <c>agent</c>, <c>usage</c>, <c>collect</c>. The end of the input is the end of the process.
/// </summary>
internal static class RegionServer
{
    private static long s_commits;
    private static long s_batches;

    public static async Task<int> Run(IReadOnlyList<RegionPlan> fleet, int index, int slots)
    {
        using var meters = new MeterListener { InstrumentPublished = Listen };
        meters.SetMeasurementEventCallback<long>(Count);
        meters.Start();
        SiloRuntime.Forget();
        var plan = fleet[index];
        await using var region = await RegionHost.Start(plan.ToConfiguration(fleet, verbose: false), CancellationToken.None);
        AgentProcess? agent = null;
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } command)
        {
            switch (command)
            {
                case "agent":
                    agent = AgentProcess.Start(plan.Agents[0], slots, $"{slots}GiB");
                    Console.WriteLine(agent.Pid);
                    break;
                case "usage":
                    Console.WriteLine(JsonSerializer.Serialize(Now(agent, collect: false)));
                    break;
                case "collect":
                    Console.WriteLine(JsonSerializer.Serialize(Now(agent, collect: true)));
                    break;
                default:
                    throw new InvalidOperationException($"'{command}' is no command.");
            }
        }

        if (agent is not null)
        {
            agent.Kill();
            await agent.HasLeft(TimeSpan.FromSeconds(5));
            agent.Dispose();
        }

        return 0;
    }

    private static Usage Now(AgentProcess? agent, bool collect)
    {
        if (collect)
        {
            for (var i = 0; i < 2; i++)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                GC.WaitForPendingFinalizers();
            }
        }

        using var self = Process.GetCurrentProcess();
        return new Usage
        {
            SiloCpuMs = self.TotalProcessorTime.TotalMilliseconds,
            AgentCpuMs = agent is null ? 0 : ProcessTimes.CpuMs(agent.Pid),
            Commits = Interlocked.Read(ref s_commits),
            RowWrites = Interlocked.Read(ref s_batches),
            AllocatedBytes = GC.GetTotalAllocatedBytes(),
            Collections = GC.CollectionCount(0),
            HeapBytes = GC.GetTotalMemory(forceFullCollection: false),
        };
    }

    private static void Listen(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == "Lepton" && instrument.Name is "lepton.store.commits" or "lepton.store.batches") listener.EnableMeasurementEvents(instrument);
    }

    private static void Count(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (instrument.Name == "lepton.store.commits") Interlocked.Add(ref s_commits, value);
        else Interlocked.Add(ref s_batches, value);
    }
}
