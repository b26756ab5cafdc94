using CsCheck;

namespace Lepton.Specs.Tests;

/// <summary>Random documents that a server accepts, with hostile but legal texts in them.</summary>
internal static class Documents
{
    private static readonly Gen<string> Name = Gen.String[Gen.Char["abcxyz019-"], 1, 12];

    private static readonly Gen<string> AnyText = Gen.OneOf<string>(
        Of("", "true", "null", "~", "0", "05", "1e3", "-", "- a", "a: b", "{a}", "[a]", "#x", "a #b", "&a", "*a", "!x", "%", "@", "`", "|", ">", "'", "\"", "\\", "\\n",
            " lead", "trail ", "a\nb", "\n", "\t", "$", "$${x}", "${index}", "ä€😀", "\u2028", "\ufeff", "no", "0x1f", "1_000", "2026-11-24", "---", "...", "? x", "<<", "=", "12:30:45"),
        Gen.String[Gen.Char[' ', '~'], 0, 40].Select(s => s.Replace("${", "", StringComparison.Ordinal)),
        Gen.String[Gen.Char['\u00a1', '\ud7ff'], 0, 10],
        Gen.String[Gen.Char["x "], 100, 300]);

    private static readonly Gen<string> OneLine = AnyText.Select(t => string.Concat(t.Where(c => c is not ('\n' or '\t') && !TextChecks.IsHidden(c))));

    private static readonly Gen<ValueList<Named<string>>> Labels = Map(Of("team", "a/b", "x.y", "N", "on"), OneLine);

    private static readonly Gen<ValueList<Named<string>>> Env = Map(Of("A", "_b", "PATH", "on", "x1"), AnyText);

    private static readonly Gen<TimeSpan> Duration = Gen.Long[1, 365L * 86_400_000].Select(ms => TimeSpan.FromMilliseconds(ms));

    private static readonly Gen<RunDocument> Run = Gen.Select(Gen.Bool, Name, AnyText.List[0, 5], Maybe(Env), Gen.OneOf<string?>(Gen.Const((string?)null), Gen.Const((string?)"/"), Gen.Const((string?)"/a b/${index}")))
        .Select((noop, program, arguments, env, workdir) => noop
            ? new RunDocument { Handler = "noop" }
            : new RunDocument { Command = [program, .. arguments], Env = env, Workdir = workdir, Image = arguments.Count == 3 ? "reg.example:5000/team/img:1.2" : null });

    private static readonly Gen<ResourcesDocument> Resources = Gen.Select(MaybeValue(Gen.Long[1, SpecLimits.MilliCpu]), MaybeValue(Gen.Long[SpecLimits.LeastMemoryBytes, SpecLimits.MemoryBytes]))
        .Select((cpu, memory) => new ResourcesDocument { MilliCpu = cpu, MemoryBytes = memory });

    private static readonly Gen<TolerationDocument> Toleration = Gen.Select(Of("gpu", "a/b", "on"), Gen.Int[0, 2], OneLine, MaybeValue(Gen.Enum<Lepton.Model.TaintEffect>()))
        .Select((key, kind, value, effect) => kind switch
        {
            0 => new TolerationDocument { Key = key, Operator = TolerationOperator.Equal, Value = value, Effect = effect },
            1 => new TolerationDocument { Key = key, Operator = TolerationOperator.Exists, Effect = effect },
            _ => new TolerationDocument { Key = key, Effect = effect },
        });

    /// <summary>Wishes only: they never stand against one another.</summary>
    private static readonly Gen<NearDocument> Near = Gen.Select(Maybe(Labels.Where(l => l.Count > 0)), Gen.Enum<SpreadLevel>())
        .Select((tasks, by) => new NearDocument { Tasks = tasks, By = by, Mode = LocalityMode.Prefer });

    private static readonly Gen<SpreadDocument> Spread = Gen.Select(Gen.Enum<SpreadLevel>(), MaybeValue(Gen.Int[1, SpecLimits.Tasks]), MaybeValue(Gen.Int[1, 9]))
        .Select((by, most, skew) => new SpreadDocument { By = by, Count = most is null ? 1 : null, MaxPerDomain = most, MaxSkew = by == SpreadLevel.Region ? null : skew });

    private static readonly Gen<PlacementDocument> Placement = Gen.Select(
            Maybe(Distinct(Of("us-east", "eu-west", "ap-south"))), Maybe(Distinct(Of("us-east/n1", "af", "x/y"))), Maybe(Distinct(Toleration)), Maybe(Distinct(Near).Where(l => l.Count > 0)), Maybe(Distinct(Near).Where(l => l.Count > 0)), Maybe(Spread))
        .Select((regions, avoid, tolerations, near, away, spread) => new PlacementDocument { Regions = regions, Avoid = avoid, Tolerations = tolerations, Affinity = near, AntiAffinity = away, Spread = spread });

    private static readonly Gen<RetryDocument> Retry = Gen.Select(MaybeValue(Gen.Int[0, 100]), MaybeValue(Duration), Maybe(Distinct(Gen.Enum<RetryCause>())))
        .Select((max, backoff, on) => new RetryDocument { Max = max, Backoff = backoff, On = on });

    private static readonly Gen<DateTimeOffset> Time = Gen.Long[0, TimeSpan.TicksPerDay * 1_000].Select(t => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(t));

    private static readonly Gen<TaskDocument> Shared = Gen.Select(Maybe(Labels), Maybe(Resources), Maybe(Placement), Maybe(Retry), MaybeValue(Duration), MaybeValue(Time), MaybeValue(Gen.Int[0, 3_600]))
        .Select((labels, resources, placement, retry, limit, after, grace) => new TaskDocument
        {
            Labels = labels,
            Resources = resources,
            Placement = placement,
            Retry = retry,
            TimeLimit = limit,
            StartAfter = after,
            Preemption = grace is null ? null : new PreemptionDocument { GraceSeconds = grace },
        });

    private static readonly Gen<TaskDocument> Work = Gen.Select(Shared, Run, MaybeValue(Duration), Maybe(Distinct(Of("model.zip", "logs/*.csv", "a b", "no", "*"))))
        .Select((shared, run, every, outputs) => shared with
        {
            Run = run,
            TimeLimit = run.Handler is null ? shared.TimeLimit : null,
            Checkpoint = every is null || run.Handler is not null ? null : new CheckpointDocument { Every = every },
            Outputs = run.Handler is null ? outputs : null,
        });

    private static readonly Gen<InputDocument> Input =
        Of("file:///a", "file:///b c/ä: x", "artifact:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
        .Select(uri => new InputDocument { Uri = uri });

    private static readonly Gen<ValueList<Named<ValueList<string>>>> Grid = Of("trees", "x-1", "_y", "N").HashSet[1, 3]
        .SelectMany(names => Distinct(Gen.OneOf<string>(OneLine.Where(t => t.Length > 0), Of("1", "0.5", "true"))).Where(v => v.Count > 0).Array[names.Count]
            .Select(values => List(names.Zip(values, (n, v) => new Named<ValueList<string>>(n, v)))));

    private static readonly Gen<SplitDocument?> Split = Gen.OneOf<SplitDocument?>(
        Gen.Const((SplitDocument?)null),
        Gen.Int[1, 5].Select(n => (SplitDocument?)new SplitDocument { By = SplitBy.Count, Count = n }),
        Gen.Const((SplitDocument?)new SplitDocument { By = SplitBy.Inputs, Of = "pods" }));

    /// <summary>Jobs of up to six tasks that depend on earlier ones, in shuffled order.</summary>
    public static readonly Gen<JobDocument> Job = Gen.Select(
            Shared, Gen.Select(Work, Split, Maybe(Grid), Gen.Int[0, 63]).Array[1, 6], Input.List[1, 4], Name, MaybeValue(Gen.Int[0, 100]), Gen.Shuffle(Enumerable.Range(0, 6).ToArray()))
        .Select((shared, tasks, inputs, name, priority, order) =>
        {
            var made = tasks.Select((t, i) => (i, Task: t.Item1 with
            {
                Name = $"t{i}",
                Split = t.Item2,
                Grid = t.Item3,
                DependsOn = t.Item4 == 0 ? null : List(Enumerable.Range(0, i).Where(d => (t.Item4 >> d & 1) == 1).Select(d => $"t{d}")),
            }));
            return new JobDocument
            {
                ApiVersion = JobFields.ApiVersion,
                Kind = SpecKind.Job,
                Name = name,
                Priority = priority,
                Labels = shared.Labels,
                Resources = shared.Resources,
                Placement = shared.Placement,
                Retry = shared.Retry,
                TimeLimit = made.All(m => m.Task.Run!.Handler is null) ? shared.TimeLimit : null,
                StartAfter = shared.StartAfter,
                Preemption = shared.Preemption,
                Inputs = [new("pods", List(inputs)), new("0", [new InputDocument { Uri = "file:///z", Region = "us-east" }])],
                Tasks = List(made.OrderBy(m => order[m.i]).Select(m => m.Task)),
            };
        });

    /// <summary>Single tasks and arrays.</summary>
    public static readonly Gen<JobDocument> Single = Gen.Select(Work, Name, MaybeValue(Gen.Int[1, SpecLimits.Tasks]), Gen.Bool).Select((work, name, count, queue) => new JobDocument
    {
        ApiVersion = JobFields.ApiVersion,
        Kind = count is null ? SpecKind.Task : SpecKind.TaskArray,
        Array = count is null ? null : new ArrayDocument { Count = count.Value },
        Name = name,
        Queue = queue ? "default" : null,
        Durability = queue ? Durability.Region : null,
        Labels = work.Labels,
        Run = work.Run,
        Resources = work.Resources,
        Placement = work.Placement,
        Retry = work.Retry,
        TimeLimit = work.TimeLimit,
        StartAfter = work.StartAfter,
        Preemption = work.Preemption,
        Checkpoint = work.Checkpoint,
        Outputs = work.Outputs,
    });

    private static Gen<string> Of(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static ValueList<T> List<T>(IEnumerable<T> items) => new([.. items]);

    private static Gen<ValueList<T>> Distinct<T>(Gen<T> item) => item.HashSet[0, 2].Select(set => List(set));

    private static Gen<ValueList<Named<string>>> Map(Gen<string> name, Gen<string> value) => Gen.Select(name, value).Array[0, 4]
        .Select(pairs => List(pairs.DistinctBy(p => p.Item1).OrderBy(p => p.Item1, StringComparer.Ordinal).Select(p => new Named<string>(p.Item1, p.Item2))));

    private static Gen<T?> Maybe<T>(Gen<T> gen)
        where T : class => Gen.Select(Gen.Bool, gen).Select((absent, value) => absent ? null : value);

    private static Gen<T?> MaybeValue<T>(Gen<T> gen)
        where T : struct => Gen.Select(Gen.Bool, gen).Select((absent, value) => absent ? (T?)null : value);
}
