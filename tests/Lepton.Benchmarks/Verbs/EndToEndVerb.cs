using System.CommandLine;
using System.Text.Json.Nodes;
using Lepton.Benchmarks.EndToEnd;

namespace Lepton.Benchmarks.Verbs;

/// <summary><c>endtoend</c>: tasks through a whole fleet of three regions, from the submit to the durable outcome.</summary>
internal static class EndToEndVerb
{
    /// <summary>Started by this program only: one region's silo as a process of its own.</summary>
    public const string RegionVerb = "endtoend-region";

    private const int SingleJobs = 2_000;
    private const int Connections = 16;
    private const int Processes = 1_000;
    private const int Arrays = 1_000;
    private const int QueuedPerArray = 900;
    private const int QueuedJobs = 100_000;
    private const int Starts = 400;
    private const int ProcessSlots = 16;
    private const int WarmTasks = 10_000;
    private const int WarmProcesses = 200;
    private const int WarmRounds = 8;
    private const double WarmEnough = 0.93;

    private static readonly string[] Metrics =
    [
        "tasks_per_second", "single_tasks_per_second", "process_tasks_per_second", "submit_to_start_p50_ms", "submit_to_start_p99_ms",
        "bytes_per_queued_task", "bytes_per_queued_job", "bytes_per_queued_job_distinct",
    ];

    private static readonly Option<int> Tasks = new("--tasks") { DefaultValueFactory = _ => 20_000, Description = "tasks of the one array" };
    private static readonly Option<int> Slots = new("--slots") { DefaultValueFactory = _ => 512, Description = "no-ops that each agent has room for" };
    private static readonly Option<int> Runs = new("--runs") { DefaultValueFactory = _ => 3, Description = "runs of each rate; the median is told" };
    private static readonly Option<string> Only = new("--only") { DefaultValueFactory = _ => string.Join(',', Metrics), Description = "metrics, with commas" };

    public static Command Create()
    {
        var command = new Command("endtoend", "Tasks through three regions, submit to durable outcome") { Tasks, Slots, Runs, Only };
        command.SetAction(Run);
        return command;
    }

    public static Command CreateRegion()
    {
        var arguments = new Argument<string[]>("plan");
        var command = new Command(RegionVerb) { arguments };
        command.Hidden = true;
        command.SetAction((parse, _) =>
        {
            var (fleet, index, slots) = RegionArguments.Read(parse.GetValue(arguments)!);
            return RegionServer.Run(fleet, index, slots);
        });
        return command;
    }

    private static async Task<int> Run(ParseResult parse, CancellationToken cancel)
    {
        var only = parse.GetValue(Only)!.Split(',', StringSplitOptions.TrimEntries).ToHashSet();
        if (only.FirstOrDefault(m => !Metrics.Contains(m)) is { } unknown)
        {
            await Console.Error.WriteLineAsync($"'{unknown}' is no metric of endtoend. Maybe one of {string.Join(", ", Metrics)}.");
            return 2;
        }

        var (slots, runs) = (parse.GetValue(Slots), parse.GetValue(Runs));
        if (only.Overlaps(["tasks_per_second", "single_tasks_per_second", "submit_to_start_p50_ms", "submit_to_start_p99_ms"]))
        {
            await using var fleet = await BenchFleet.Start(slots);
            await Warm(fleet, () => Measures.Array(fleet, WarmTasks), WarmTasks);
            await Measures.Singles(fleet, 500, Connections);
            if (only.Overlaps(["submit_to_start_p50_ms", "submit_to_start_p99_ms"])) await Latency(fleet, only, slots, cancel);
            var tasks = parse.GetValue(Tasks);
            if (only.Contains("tasks_per_second")) await Rate(fleet, "tasks_per_second", tasks, runs, slots, () => Measures.Array(fleet, tasks), ("arrays", 1));
            if (only.Contains("single_tasks_per_second"))
            {
                await Rate(fleet, "single_tasks_per_second", SingleJobs, runs, slots, () => Measures.Singles(fleet, SingleJobs, Connections), ("connections", Connections));
            }
        }

        if (only.Contains("process_tasks_per_second"))
        {
            await using var fleet = await BenchFleet.Start(ProcessSlots);
            await Warm(fleet, () => Measures.Array(fleet, WarmProcesses, "/bin/true"), WarmProcesses);
            await Rate(fleet, "process_tasks_per_second", Processes, Math.Min(runs, 2), ProcessSlots, () => Measures.Array(fleet, Processes, "/bin/true"), ("command", "/bin/true"));
        }

        if (only.Contains("bytes_per_queued_task"))
        {
            await using var fleet = await BenchFleet.Start(slots: 0);
            Print("bytes_per_queued_task", await QueuedMemory.OfTasks(fleet, Arrays, QueuedPerArray), "B", [
                ("arrays", Arrays), ("tasks_per_array", QueuedPerArray), ("how", "managed heap of the region's process after full compacting collections, after less before, over all tasks; submitted over HTTP, no agent has joined; activations of the jobs' grains included"),
            ]);
        }

        if (only.Contains("bytes_per_queued_job")) PrintQueued("bytes_per_queued_job", "the same spec", _ => "single");
        if (only.Contains("bytes_per_queued_job_distinct")) PrintQueued("bytes_per_queued_job_distinct", "a spec with a name of its own", i => $"single-{i:D6}");

        return 0;
    }

    /// <summary>
    /// A service runs for weeks, so what the compiler does in its first seconds is not measured: arrays until a task costs hardly less CPU than
    /// before, or <see cref="WarmRounds"/> of them.
    /// </summary>
    private static async Task Warm(BenchFleet fleet, Func<Task> work, int tasks)
    {
        var last = double.MaxValue;
        for (var i = 0; i < WarmRounds; i++)
        {
            var run = await EndToEnd.Run.Of(fleet, tasks, work);
            await Console.Error.WriteLineAsync($"warm-up {i + 1}: {run}");
            if (i >= 2 && run.CpuMsPerTask > last * WarmEnough) return;
            last = run.CpuMsPerTask;
        }
    }

    private static async Task Rate(
        BenchFleet fleet, string metric, int tasks, int runs, int slots, Func<Task> work, params (string, JsonNode?)[] parameters)
    {
        var measured = new List<EndToEnd.Run>();
        for (var i = 0; i < runs; i++)
        {
            measured.Add(await EndToEnd.Run.Of(fleet, tasks, work));
            await Console.Error.WriteLineAsync($"{metric} run {i + 1}: {measured[i]}");
        }

        var median = EndToEnd.Run.Median(measured);
        Print(metric, median.PerSecond, "1/s", [("tasks", tasks), .. parameters, ("slots_per_agent", slots), ("runs", runs), .. median.Fields()]);
    }

    private static async Task Latency(BenchFleet fleet, HashSet<string> only, int slots, CancellationToken cancel)
    {
        var load = ProcessTimes.Load();
        var ms = new double[Starts];
        for (var i = 0; i < Starts; i++) ms[i] = await Measures.SubmitToStart(fleet.Regions[i % fleet.Regions.Count], cancel);
        Array.Sort(ms);
        foreach (var (metric, share) in new[] { ("submit_to_start_p50_ms", 0.5), ("submit_to_start_p99_ms", 0.99) })
        {
            if (!only.Contains(metric)) continue;
            Print(metric, ms[(int)(Starts * share)], "ms", [
                ("samples", Starts), ("slots_per_agent", slots), ("load_at_start", load),
                ("how", "one at a time on an idle fleet, in-agent no-op, from before the HTTP request until the agent started it, both by clocks of one machine"),
            ]);
        }
    }

    private static void PrintQueued(string metric, string spec, Func<int, string> nameOf) => Print(metric, QueuedMemory.OfJobs(QueuedJobs, nameOf), "B", [
        ("jobs", QueuedJobs), ("how", $"managed heap of this process after full compacting collections, after less before, over all jobs; a region machine in its shell, fed with one JobReady per job, {spec} parsed for each; activations of the jobs' grains, which are collected when idle, not included"),
    ]);

    private static void Print(string metric, double value, string unit, IEnumerable<(string, JsonNode?)> fields) => Figure.Print("endtoend", metric, value, unit, [
        .. fields,
        ("regions", 3),
        ("deployment", "each region a silo process with its REST API and its own cluster and file, and one agent process; all on one machine"),
        ("durability", "SQLite, synchronous=FULL, group commit"),
    ]);
}
