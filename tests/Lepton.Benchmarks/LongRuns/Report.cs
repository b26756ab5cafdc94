using System.Globalization;
using System.Text;

namespace Lepton.Benchmarks.LongRuns;

/// <summary>What a long run showed, as a page: promises, figures with their judgement, curves.</summary>
internal sealed record Report(LongRunOptions Options, DateTimeOffset Began, Ledger Ledger, Killer Killer, IReadOnlyList<Sample> Samples, IReadOnlyList<Verdict> Verdicts)
{
    private const int JsonEverySeconds = 60;

    public double Seconds => Samples.Count == 0 ? 0 : Samples[^1].AtSeconds;

    public IReadOnlyList<string> Breaches => [.. Ledger.Breaches, .. Killer.Deaths, .. Ledger.Open > 0 ? new[] { $"{Ledger.Open} acknowledged jobs had not ended when the patience did" } : []];

    public bool Good => Breaches.Count == 0 && Verdicts.All(v => !v.Judged || v.LevelsOut);

    public void Write()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(Options.Report))!;
        Directory.CreateDirectory(folder);
        var picture = Path.GetFileNameWithoutExtension(Options.Report) + ".svg";
        File.WriteAllText(Path.Combine(folder, picture), new Curves(Samples, Killer.Kills).Draw());
        File.WriteAllLines(Path.ChangeExtension(Options.Report, ".jsonl"), Thinned().Select(s => Sampler.ToJson(s).ToJsonString()));
        File.WriteAllText(Options.Report, Page(picture));
    }

    /// <summary>A sample a minute: the page is judged on all of them, the file is to look things up.</summary>
    private IEnumerable<Sample> Thinned()
    {
        var next = 0.0;
        foreach (var sample in Samples)
        {
            if (sample.AtSeconds < next) continue;
            next = sample.AtSeconds + JsonEverySeconds - 1;
            yield return sample;
        }
    }

    private string Page(string picture)
    {
        var page = new StringBuilder();
        void Line(FormattableString text) => page.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
        var silos = Killer.Kills.Count(k => k.Target == "silo");
        Line($"# Long run");
        Line($"Written by `dotnet run -c Release --project tests/Lepton.Benchmarks -- longrun --minutes {Options.Length.TotalMinutes:0} --report FILE`; not edited by hand.");
        Line($"");
        Line($"{Began:yyyy-MM-dd HH:mm} UTC, {Seconds / 60:0.#} minutes of load at {Options.JobsPerSecond:0.#} jobs/s, seed {Options.Seed}. Three regions, one silo process (`Lepton.Silo` with a file that differs from its defaults in ports, folder and retention) and one agent process each; {silos} kills of silos and {Killer.Kills.Count - silos} of agents with SIGKILL, started again by the driver after 1 to 8 s; {LongRunOptions.Spared} is spared, because only what lives long can show a leak. Ended work is kept for {Options.Retain.TotalMinutes:0.#} minutes.");
        Line($"");
        Line($"Machine: {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB of memory, {Environment.OSVersion.VersionString}. {Options.Remark}");
        Line($"");
        Line($"## Promises");
        Line($"| | |");
        Line($"|---|--:|");
        Line($"| jobs acknowledged | {Ledger.Accepted} |");
        Line($"| of them with exactly one outcome | {Ledger.Ended} |");
        Line($"| lost, doubled or without an end | {Breaches.Count} |");
        Line($"| outcomes read again later and found unchanged | {Ledger.ReadAgainCount} |");
        Line($"| submits never acknowledged (region down longer than the client's patience, or the run ended) | {Ledger.GivenUp} |");
        Line($"| calls refused or unanswered, and made again | {Ledger.Unanswered} |");
        Line($"| attempts beyond the first of each task | {Ledger.Repeats} |");
        Line($"");
        foreach (var breach in Breaches.Take(20)) Line($"- **{breach}**");
        if (Breaches.Count > 0) Line($"");
        Line($"Outcomes by kind of job: {string.Join(", ", Ledger.Outcomes.OrderBy(o => o.Key).Select(o => $"{o.Key} {o.Value}"))}.");
        Line($"");
        Line($"## Figures");
        Line($"Growth is what the straight line through the last half of the samples (one every {LongRunOptions.SampleEvery.TotalSeconds:0} s) gains over that half; it levels out while that stays within the bound.{(Verdicts.Any(v => v.Judged) ? "" : $" This run was shorter than {Verdict.LeastLength.TotalMinutes:0} minutes: shown, not judged.")}");
        Line($"");
        Line($"| figure | first | middle | last | most | growth | bound | levels out |");
        Line($"|---|--:|--:|--:|--:|--:|--:|---|");
        foreach (var v in Verdicts) Line($"| {v.What}{(v.Unit.Length > 0 ? ", " + v.Unit : "")} | {v.First:0.#} | {v.Middle:0.#} | {v.Last:0.#} | {v.Most:0.#} | {v.Growth:+0.##;-0.##;0} | {v.Bound:0.#} | {(!v.Judged ? "not judged" : v.LevelsOut ? "yes" : "**no**")} |");
        Line($"");
        Line($"![curves]({picture})");
        return page.ToString();
    }
}
