using System.Text.Json.Nodes;

namespace Lepton.Benchmarks.LongRuns;

/// <summary>What a region keeps on its disk.</summary>
internal sealed record DiskSample(string Region, long Store, long Wal, long Artifacts, long Logs, long Agent);

/// <summary>Everything at one moment.</summary>
internal sealed record Sample(double AtSeconds, IReadOnlyList<ProcessSample> Processes, IReadOnlyList<DiskSample> Disks, int Accepted, int Ended, int Open);

/// <summary>Looks at processes, disks and the ledger every few seconds.</summary>
internal sealed class Sampler(IReadOnlyList<RegionProcess> regions, Ledger ledger, RunClock clock)
{
    private readonly List<Sample> _samples = [];

    public IReadOnlyList<Sample> Samples => _samples;

    public async Task Run(CancellationToken stop)
    {
        using var pace = new PeriodicTimer(LongRunOptions.SampleEvery);
        try
        {
            do _samples.Add(await Take());
            while (await pace.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    public static JsonObject ToJson(Sample s) => new()
    {
        ["atSeconds"] = Math.Round(s.AtSeconds, 1),
        ["accepted"] = s.Accepted,
        ["ended"] = s.Ended,
        ["open"] = s.Open,
        ["processes"] = new JsonArray([.. s.Processes.Select(p => (JsonNode)new JsonObject
        {
            ["name"] = p.Name, ["pid"] = p.Pid, ["resident"] = p.Resident, ["private"] = p.Private, ["shared"] = p.Shared, ["heap"] = p.Heap, ["committed"] = p.Committed, ["handles"] = p.Handles, ["threads"] = p.Threads,
        })]),
        ["disks"] = new JsonArray([.. s.Disks.Select(d => (JsonNode)new JsonObject
        {
            ["region"] = d.Region, ["store"] = d.Store, ["wal"] = d.Wal, ["artifacts"] = d.Artifacts, ["logs"] = d.Logs, ["agent"] = d.Agent,
        })]),
    };

    private async Task<Sample> Take()
    {
        var processes = new List<ProcessSample>();
        var disks = new List<DiskSample>();
        foreach (var region in regions)
        {
            if (region.Silo.Pid is { } silo) processes.Add(await Managed.OfSilo(Proc.Sample($"silo {region.Region}", silo), region.Http));
            if (region.Agent.Pid is { } agent) processes.Add(await Managed.OfAgent(Proc.Sample($"agent {region.Region}", agent), region.Metrics));
            disks.Add(new DiskSample(
                region.Region,
                Proc.FileBytes(Path.Combine(region.Folder, "region.db")),
                Proc.FileBytes(Path.Combine(region.Folder, "region.db-wal")),
                Proc.FolderBytes(Path.Combine(region.Folder, "data", "artifacts")),
                Proc.FolderBytes(Path.Combine(region.Folder, "data", "logs")),
                Proc.FolderBytes(region.AgentFolder)));
        }

        return new Sample(clock.Seconds, processes, disks, ledger.Accepted, ledger.Ended, ledger.Open);
    }
}
