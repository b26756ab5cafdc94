using System.CommandLine;
using System.Diagnostics;
using Lepton.Model;
using Lepton.Scheduling;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Queueing;
using Lepton.Scheduling.Queueing.FairShare;

namespace Lepton.Benchmarks.Verbs;

/// <summary><c>queue</c>: what a queued task costs: to take in, to find whose turn it is and charge it, and in memory.</summary>
internal static class QueueVerb
{
    private static readonly Option<int> Tasks = new("--tasks") { DefaultValueFactory = _ => 1_000_000 };
    private static readonly Option<int> Queues = new("--queues") { DefaultValueFactory = _ => 1_000 };
    private static readonly Option<string> PerJob = new("--per-job") { DefaultValueFactory = _ => "1,100", Description = "tasks a job, with commas: one row of a queue stands for them" };
    private static readonly Option<int> Seed = new("--seed") { DefaultValueFactory = _ => 1 };

    public static Command Create()
    {
        var command = new Command("queue", "Admission and order of a million tasks in a thousand queues") { Tasks, Queues, PerJob, Seed };
        command.SetAction(parse =>
        {
            foreach (var perJob in parse.GetValue(PerJob)!.Split(',').Select(int.Parse)) Measure(parse, perJob);
            return 0;
        });
        return command;
    }

    private static void Measure(ParseResult parse, int perJob)
    {
        var (tasks, queues) = (parse.GetValue(Tasks), parse.GetValue(Queues));
        var settings = Settings(queues);
        var jobs = Jobs(tasks / perJob, perJob, settings, (ulong)parse.GetValue(Seed));
        Round(jobs.AsSpan(0, Math.Min(jobs.Length, 20_000 / perJob)), settings, (_, _, _) => { });        // warm
        GC.Collect();
        Round(jobs, settings, (metric, value, unit) => Figure.Print(
            "queue",
            metric,
            value,
            unit,
            ("tasks", jobs.Length * perJob),
            ("queues", queues),
            ("tasks_per_job", perJob),
            ("cohorts", settings.Count(s => s.Quotas.IsEmpty && s.Parent is null)),
            ("admission_includes", "the job's rows, its place in its queue and its tasks; not its spec"),
            ("order_includes", "whose turn it is, the next task of that queue, its quota asked and charged, shares brought up to date")));
    }

    private static void Round(ReadOnlySpan<(JobId Id, JobSpec Spec, DateTimeOffset At)> jobs, IReadOnlyList<QueueSettings> settings, Action<string, double, string> print)
    {
        var count = jobs.Length == 0 ? 0 : jobs.Length * jobs[0].Spec.TaskCount;
        var fleet = new[] { new RegionId("bench") };
        var (bytes, start, cpu) = (GC.GetTotalMemory(true), Stopwatch.GetTimestamp(), ThreadTime.Seconds());
        var queue = new TaskQueue([.. fleet]);
        foreach (var (id, spec, at) in jobs)
        {
            var job = queue.Add(id, spec, at);
            for (var index = 0; index < spec.TaskCount; index++) job.Move(index, TaskPlace.Fresh);
        }

        var admission = Stopwatch.GetElapsedTime(start).TotalMicroseconds / count;
        var admissionCpu = 1e6 * (ThreadTime.Seconds() - cpu) / count;
        bytes = GC.GetTotalMemory(true) - bytes;
        cpu = ThreadTime.Seconds();
        var ordered = Order(queue, settings, out var order);
        var orderCpu = 1e6 * (ThreadTime.Seconds() - cpu) / count;
        if (ordered != count) throw new InvalidOperationException($"{ordered} of {count} tasks were ordered.");
        print("admission_us_per_task", admission, "us");
        print("admission_cpu_us_per_task", admissionCpu, "us");
        print("order_us_per_task", order / count, "us");
        print("order_cpu_us_per_task", orderCpu, "us");
        print("bytes_per_queued_task", (double)bytes / count, "B");
    }

    /// <summary>Takes every task out in the order of shares and quotas, as a region's pass does. Microseconds in all.</summary>
    private static int Order(TaskQueue queue, IReadOnlyList<QueueSettings> settings, out double microseconds)
    {
        var desk = new QueueDesk([.. settings]);
        desk.Shares.SetTotals([1L << 40, 1L << 60]);
        var none = new HashSet<TaskShape>();
        var (start, ordered) = (Stopwatch.GetTimestamp(), 0);
        var turns = new IEnumerator<long[]>?[desk.Tree.Count];
        foreach (var (name, lines) in queue.Queues)
        {
            turns[desk.Find(name)] = Turn(lines, desk, none).GetEnumerator();
            desk.Shares.SetActive(desk.Find(name), true);
        }

        while (desk.Shares.Next is var next && next >= 0)
        {
            if (!turns[next]!.MoveNext())
            {
                desk.Shares.SetActive(next, false);
                continue;
            }

            var amounts = turns[next]!.Current;
            if (desk.Quotas.Shortage(next, amounts) >= 0) throw new InvalidOperationException("The quotas are large enough for all.");
            desk.Charge(next, amounts);
            ordered++;
        }

        microseconds = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        return ordered;
    }

    private static IEnumerable<long[]> Turn(SortedRows<QueueKey, QueueLine> lines, QueueDesk desk, HashSet<TaskShape> none)
    {
        QueueKey? last = null;
        while (lines.TryNext(last, out var key, out var line))
        {
            last = key;
            foreach (var group in line.Own!.Groups)
            {
                for (var index = group.Next(0, none); index >= 0; index = group.Next(index + 1, none))
                {
                    var amounts = desk.AmountsOf(group.ShapeOf(index));
                    line.Own.Move(index, TaskPlace.InFlight);
                    yield return amounts;
                }
            }
        }
    }

    /// <summary>A cohort for each 20 queues; every queue has a quota of two kinds.</summary>
    private static List<QueueSettings> Settings(int queues)
    {
        var settings = new List<QueueSettings>();
        for (var i = 0; i < queues; i++)
        {
            if (i % 20 == 0) settings.Add(new QueueSettings { Name = $"cohort-{i / 20:D4}", Weight = 1 + (i % 3) });
            settings.Add(new QueueSettings
            {
                Name = $"queue-{i:D5}",
                Parent = $"cohort-{i / 20:D4}",
                Weight = 1 + (i % 4),
                Quotas = [new QuotaSettings("cpu", 1L << 40, 1L << 40), new QuotaSettings("memory", 1L << 56)],
            });
        }

        return settings;
    }

    private static (JobId Id, JobSpec Spec, DateTimeOffset At)[] Jobs(int jobs, int perJob, IReadOnlyList<QueueSettings> settings, ulong seed)
    {
        var chance = SeedStream.For(seed, "queue");
        var names = settings.Where(s => s.Parent is not null).Select(s => s.Name).ToArray();
        var start = DateTimeOffset.UnixEpoch;
        var made = new (JobId, JobSpec, DateTimeOffset)[jobs];
        for (var i = 0; i < jobs; i++)
        {
            var template = new TaskTemplate
            {
                Group = "main",
                Command = ["true"],
                Demand = new Demand(new Capacity(1000 * (1 + chance.Next(8)), (1L + chance.Next(16)) << 30)),
            };
            var spec = new JobSpec
            {
                Kind = "TaskArray",
                Name = "bench",
                Queue = names[chance.Next(names.Length)],
                Priority = chance.Next(101),
                Groups = [new TaskGroup("main", 0, perJob, template, [], [], [])],
            };
            made[i] = (new JobId(new RegionId("bench"), $"{i:D8}"), spec, start.AddSeconds(chance.Next(100_000)));
        }

        return made;
    }
}
