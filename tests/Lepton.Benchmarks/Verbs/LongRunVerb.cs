using System.CommandLine;
using Lepton.Benchmarks.LongRuns;

namespace Lepton.Benchmarks.Verbs;

/// <summary><c>longrun</c>: steady load on a fleet of real processes that are killed at random; ends with a report and a judgement.</summary>
internal static class LongRunVerb
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan EndPatience = TimeSpan.FromMinutes(5);

    private static readonly Option<double> Minutes = new("--minutes") { DefaultValueFactory = _ => 60, Description = "length of the load" };
    private static readonly Option<string> ReportFile = new("--report") { DefaultValueFactory = _ => "longrun.md", Description = "the page; samples and curves lie beside it" };
    private static readonly Option<double> Rate = new("--rate") { DefaultValueFactory = _ => 2, Description = "jobs a second over all regions" };
    private static readonly Option<double> KillEvery = new("--kill-every") { DefaultValueFactory = _ => 45, Description = "mean seconds between two kills" };
    private static readonly Option<double> Retain = new("--retain-minutes") { DefaultValueFactory = _ => 3, Description = "how long ended work is kept" };
    private static readonly Option<int> Seed = new("--seed") { DefaultValueFactory = _ => 1 };
    private static readonly Option<int> Port = new("--first-port") { DefaultValueFactory = _ => 27_100, Description = "first of 32 free ports" };
    private static readonly Option<string> Remark = new("--remark") { DefaultValueFactory = _ => "", Description = "said in the report: what else ran on the machine" };

    public static Command Create()
    {
        var command = new Command("longrun", "Steady load, random kills, and what levels out") { Minutes, ReportFile, Rate, KillEvery, Retain, Seed, Port, Remark };
        command.SetAction((parse, cancel) => Run(
            new LongRunOptions
            {
                Length = TimeSpan.FromMinutes(parse.GetValue(Minutes)),
                Report = Path.GetFullPath(parse.GetValue(ReportFile)!),
                Home = Path.Combine(Path.GetTempPath(), $"lepton-longrun-{Environment.ProcessId}"),
                JobsPerSecond = parse.GetValue(Rate),
                KillEvery = TimeSpan.FromSeconds(parse.GetValue(KillEvery)),
                Retain = TimeSpan.FromMinutes(parse.GetValue(Retain)),
                Seed = parse.GetValue(Seed),
                FirstPort = parse.GetValue(Port),
                Remark = parse.GetValue(Remark)!,
            },
            cancel));
        return command;
    }

    private static async Task<int> Run(LongRunOptions options, CancellationToken cancel)
    {
        var regions = LongRunOptions.Regions.Select((name, i) => new RegionProcess(name, i, options)).ToList();
        try
        {
            foreach (var region in regions) _ = region.Start().Count();
            if (!await Ready(regions, cancel)) return 1;
            var report = await Load(regions, options, cancel);
            report.Write();
            Print(report);
            return report.Good ? 0 : 1;
        }
        finally
        {
            await Task.WhenAll(regions.Select(r => r.Stop()));
            foreach (var pid in Proc.OfHome(options.Home)) Proc.Signal(pid, Proc.SigKill);
            foreach (var region in regions) region.Dispose();
            if (Directory.Exists(options.Home)) Directory.Delete(options.Home, recursive: true);
        }
    }

    private static async Task<bool> Ready(List<RegionProcess> regions, CancellationToken cancel)
    {
        var until = DateTimeOffset.UtcNow + StartPatience;
        while (DateTimeOffset.UtcNow < until)
        {
            try
            {
                var found = await regions[0].Lepton.ListRegionsAsync(cancel);
                if (found.Items.Length == regions.Count && found.Items.All(r => r.State == "Ready")) return true;
            }
            catch (Client.LeptonException)
            {
                // Not yet.
            }

            await Task.Delay(TimeSpan.FromSeconds(1), cancel);
        }

        foreach (var region in regions) await Console.Error.WriteLineAsync($"{region.Region}: {(File.Exists(region.LogFile) ? await File.ReadAllTextAsync(region.LogFile, cancel) : "no log")}");
        return false;
    }

    private static async Task<Report> Load(List<RegionProcess> regions, LongRunOptions options, CancellationToken cancel)
    {
        var clock = new RunClock();
        var ledger = new Ledger();
        var killer = new Killer(regions, options, clock);
        var sampler = new Sampler(regions, ledger, clock);
        using var load = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var watch = new CancellationTokenSource();
        var began = DateTimeOffset.UtcNow;
        clock.Restart();
        var watching = regions.Select(r => Task.Run(() => new Verifier(r, ledger, options).Run(watch.Token), CancellationToken.None)).ToList();
        var loading = regions.Select((r, i) => Task.Run(() => new Submitter(r, ledger, options, (options.Seed * 100) + i).Run(load.Token), CancellationToken.None))
            .Append(Task.Run(() => killer.Run(load.Token), CancellationToken.None))
            .Append(Task.Run(() => sampler.Run(load.Token), CancellationToken.None)).ToList();
        load.CancelAfter(options.Length);
        await Task.WhenAll(loading);

        // What is acknowledged has to end: with every process alive again it is only a matter of patience.
        var until = DateTimeOffset.UtcNow + EndPatience;
        while (ledger.Open > 0 && DateTimeOffset.UtcNow < until) await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
        await watch.CancelAsync();
        await Task.WhenAll(watching);
        return new Report(options, began, ledger, killer, sampler.Samples, Verdicts.Of(sampler.Samples));
    }

    private static void Print(Report report)
    {
        (string, System.Text.Json.Nodes.JsonNode?)[] parameters =
            [("minutes", Math.Round(report.Seconds / 60, 1)), ("rate", report.Options.JobsPerSecond), ("kills", report.Killer.Kills.Count), ("seed", report.Options.Seed)];
        Figure.Print("longrun", "jobs_acknowledged", report.Ledger.Accepted, "jobs", parameters);
        Figure.Print("longrun", "jobs_ended_once", report.Ledger.Ended, "jobs", parameters);
        Figure.Print("longrun", "promises_broken", report.Breaches.Count, "jobs", parameters);
        foreach (var v in report.Verdicts) Figure.Print("longrun", "growth_in_last_half", v.Growth, v.Unit, [("of", v.What), ("bound", v.Bound), ("judged", v.Judged), ("levels_out", v.LevelsOut), .. parameters]);
        foreach (var breach in report.Breaches.Take(20)) Console.Error.WriteLine(breach);
    }
}
