using System.Collections.Immutable;
using System.Text;
using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.Fakes;

/// <summary>A Lepton in memory: what a test puts in is what it answers; what it was asked is kept.</summary>
public sealed class FakeLepton : ILepton
{
    public const string Region = "us-east";

    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Thrown by every method while set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Thrown by a submit or validate whose body contains the key.</summary>
    public Dictionary<string, LeptonException> FailingBodies { get; } = [];

    public List<(string Body, SubmitOptions Options)> Submits { get; } = [];

    public Dictionary<string, string> BodyByKey { get; } = [];

    public List<(string Id, CancelOptions Options)> Cancels { get; } = [];

    public JobFilter? LastJobFilter { get; private set; }

    public TaskFilter? LastTaskFilter { get; private set; }

    public NodeFilter? LastNodeFilter { get; private set; }

    public List<JobDetail> Jobs { get; } = [];

    public List<TaskDetail> Tasks { get; } = [];

    public Dictionary<string, TaskExplanation> Explanations { get; } = [];

    public List<RegionDetail> Regions { get; } = [];

    public List<NodeDetail> Nodes { get; } = [];

    public ImmutableArray<MissingRegion>? Missing { get; set; }

    /// <summary>Text and completeness by task and attempt.</summary>
    public Dictionary<(string Task, int Attempt), (byte[] Bytes, bool Complete)> Logs { get; } = [];

    /// <summary>Called before each read of a log, so that a test can let the world go on.</summary>
    public Action? BeforeLogRead { get; set; }

    /// <summary>Called before each read of a job or task.</summary>
    public Action? BeforeGet { get; set; }

    /// <summary>Answer to every dry run.</summary>
    public SubmitOutlook? Outlook { get; set; }

    public List<string> DryRuns { get; } = [];

    public Task<SubmitOutlook> DryRunAsync(string specJson, CancellationToken cancel = default)
    {
        Fail(specJson);
        DryRuns.Add(specJson);
        return Task.FromResult(Outlook ?? throw LeptonException.Of(ProblemCodes.NotFound, "No outlook was put in."));
    }

    public Task<SubmitAccepted> SubmitAsync(string specJson, SubmitOptions options, CancellationToken cancel = default)
    {
        Fail(specJson);
        var replayed = false;
        if (options.IdempotencyKey is { } key)
        {
            replayed = BodyByKey.TryGetValue(key, out var before);
            if (replayed && before != specJson) throw LeptonException.Of(ProblemCodes.IdempotencyKeyReused, $"Key {key} was used with another body.");
            BodyByKey[key] = specJson;
        }

        Submits.Add((specJson, options));
        return Task.FromResult(new SubmitAccepted { Job = "us-east.01AAA", Name = "train", Tasks = 1, Replayed = replayed });
    }

    public Task<SpecCheck> ValidateAsync(string specJson, CancellationToken cancel = default)
    {
        Fail(specJson);
        return Task.FromResult(new SpecCheck
        {
            Kind = "Task",
            Name = "train",
            Tasks = 1,
            Groups = [new SpecGroup { Name = "train", Tasks = 1, DependsOn = [], Demand = Demand() }],
            Spec = "kind: Task\nname: train\n",
        });
    }

    public Task<JobDetail> GetJobAsync(string id, CancellationToken cancel = default)
    {
        Fail();
        BeforeGet?.Invoke();
        return Task.FromResult(Jobs.FirstOrDefault(j => j.Id == id) ?? throw Missing404("job", id));
    }

    public Task<Page<JobSummary>> ListJobsAsync(JobFilter filter, CancellationToken cancel = default)
    {
        Fail();
        LastJobFilter = filter;
        return Task.FromResult(PageOf<JobSummary>([.. Jobs.Where(j => !filter.LiveOnly || !TaskStates.IsJobOver(j.State))], filter.Limit, filter.Cursor));
    }

    public Task<CancelAccepted> CancelJobAsync(string id, CancelOptions options, CancellationToken cancel = default)
    {
        Fail();
        Cancels.Add((id, options));
        return Task.FromResult(new CancelAccepted { Id = id, Kind = "Job", Force = options.Force });
    }

    public Task<TaskDetail> GetTaskAsync(string id, CancellationToken cancel = default)
    {
        Fail();
        BeforeGet?.Invoke();
        return Task.FromResult(Tasks.FirstOrDefault(t => t.Id == id || t.Job == id) ?? throw Missing404("task", id));
    }

    public Task<Page<TaskSummary>> ListTasksAsync(TaskFilter filter, CancellationToken cancel = default)
    {
        Fail();
        LastTaskFilter = filter;
        var matching = Tasks.Where(t => (filter.Job is null || t.Job == filter.Job) && (filter.States.IsEmpty || filter.States.Contains(t.State)));
        return Task.FromResult(PageOf<TaskSummary>([.. matching], filter.Limit, filter.Cursor));
    }

    public Task<CancelAccepted> CancelTaskAsync(string id, CancelOptions options, CancellationToken cancel = default)
    {
        Fail();
        var task = Tasks.FirstOrDefault(t => t.Id == id || t.Job == id) ?? throw Missing404("task", id);
        if (TaskStates.IsOver(task.State)) throw LeptonException.Of(ProblemCodes.AlreadyEnded, $"Task {task.Id} is {task.State} already.");
        Cancels.Add((task.Id, options));
        return Task.FromResult(new CancelAccepted { Id = task.Id, Kind = "Task", Force = options.Force });
    }

    public Task<TaskExplanation> ExplainAsync(string id, CancellationToken cancel = default)
    {
        Fail();
        return Task.FromResult(Explanations.GetValueOrDefault(id) ?? throw Missing404("task", id));
    }

    public async Task<LogPage> ReadLogAsync(string id, LogRead read, CancellationToken cancel = default)
    {
        Fail();
        BeforeLogRead?.Invoke();
        var task = await GetTaskAsync(id, cancel);
        var attempt = read.Attempt ?? task.Attempt;
        var (bytes, complete) = Logs.GetValueOrDefault((task.Id, attempt), ([], false));
        var offset = Math.Min(read.Offset, bytes.Length);
        return new LogPage
        {
            Task = task.Id,
            TaskState = task.State,
            Attempt = attempt,
            NewestAttempt = task.Attempt,
            Offset = offset,
            Bytes = bytes.AsMemory((int)offset, (int)Math.Min(read.Limit, bytes.Length - offset)),
            First = 0,
            Length = bytes.Length,
            Complete = complete,
        };
    }

    public Task<Page<RegionDetail>> ListRegionsAsync(CancellationToken cancel = default)
    {
        Fail();
        return Task.FromResult(PageOf<RegionDetail>([.. Regions], 500, null));
    }

    public Task<RegionDetail> GetRegionAsync(string region, CancellationToken cancel = default)
    {
        Fail();
        return Task.FromResult(Regions.FirstOrDefault(r => r.Region == region) ?? throw Missing404("region", region));
    }

    public Task<Page<NodeDetail>> ListNodesAsync(NodeFilter filter, CancellationToken cancel = default)
    {
        Fail();
        LastNodeFilter = filter;
        var page = PageOf<NodeDetail>([.. Nodes.Where(n => filter.Region is null || n.Region == filter.Region)], filter.Limit, filter.Cursor);
        return Task.FromResult(page with { Missing = Missing, Truncated = page.Truncated || Missing is not null });
    }

    public List<(string Id, NodeAction Action, string? Reason)> Holds { get; } = [];

    public Task<NodeHeld> HoldNodeAsync(string id, NodeAction action, string? reason = null, CancellationToken cancel = default)
    {
        Fail();
        Holds.Add((id, action, reason));
        var node = Nodes.FirstOrDefault(n => n.Id == id) ?? throw Missing404("node", id);
        var hold = action switch { NodeAction.Cordon => "Cordoned", NodeAction.Drain => "Draining", _ => "None" };
        return Task.FromResult(new NodeHeld { Id = id, Hold = hold, State = hold == "None" ? "Ready" : hold, Attempts = node.Attempts, Reason = reason });
    }

    public Task<ServerVersion> GetVersionAsync(CancellationToken cancel = default)
    {
        Fail();
        return Task.FromResult(new ServerVersion { Version = "0.1.0", Api = "v1", Region = Region, Runtime = ".NET 10" });
    }

    public Task<string> GetSchemaAsync(string kind, CancellationToken cancel = default)
    {
        Fail();
        return kind == "Task" ? Task.FromResult("""{"type":"object"}""") : throw Missing404("kind", kind);
    }

    public void Log(string task, int attempt, string text, bool complete) => Logs[(task, attempt)] = (Encoding.UTF8.GetBytes(text), complete);

    public static TaskDemand Demand(long milliCpu = 1000) => new() { MilliCpu = milliCpu, MemoryBytes = 1L << 30, Devices = 0, Kind = "Cpu" };

    public static TaskDetail ATask(string id, string state = "Running", int attempt = 1)
    {
        var job = id[..id.IndexOf('/', StringComparison.Ordinal)];
        return new TaskDetail
        {
            Id = id,
            Job = job,
            Name = "train",
            Group = "train",
            State = state,
            Attempt = attempt,
            SubmittedAt = Noon,
            StartedAt = attempt > 0 ? Noon.AddSeconds(2) : null,
            EndedAt = TaskStates.IsOver(state) ? Noon.AddMinutes(3) : null,
            Region = attempt > 0 ? "us-east" : null,
            Node = attempt > 0 ? "us-east/n01" : null,
            Demand = Demand(),
            Metrics = [],
            Artifacts = [],
            Index = int.Parse(id[(job.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture),
            Owner = "us-east",
            Queue = "default",
            Priority = 50,
            Labels = ImmutableSortedDictionary<string, string>.Empty,
            Attempts =
            [
                .. Enumerable.Range(1, attempt).Select(n => new TaskAttempt
                {
                    Number = n,
                    Region = "us-east",
                    Node = "us-east/n01",
                    LeasedAt = Noon.AddSeconds(1),
                    ExpectedRunSeconds = 90,
                }),
            ],
        };
    }

    public static JobDetail AJob(string id, string state = "Active", int tasks = 1) => new()
    {
        Id = id,
        Name = "train",
        State = state,
        Tasks = tasks,
        Priority = 50,
        SubmittedAt = Noon,
        EndedAt = TaskStates.IsJobOver(state) ? Noon.AddMinutes(3) : null,
        Kind = "Task",
        Owner = "us-east",
        Queue = "default",
        Labels = ImmutableSortedDictionary<string, string>.Empty,
        Groups = [new JobGroup { Name = "train", Total = tasks, Succeeded = 0, Failed = 0, Cancelled = 0, Ready = true }],
        Spec = "apiVersion: lepton.dev/v1\nkind: Task\nname: train\n",
    };

    public static RegionDetail ARegion(string name, string state = RegionDetail.Ready) => new()
    {
        Region = name,
        State = state,
        Here = name == Region,
        AsOf = Noon,
        AgeSeconds = state == RegionDetail.Unreachable ? 14 : 0,
        Nodes = 4,
        ReadyNodes = 4,
        Total = new ResourceAmount { MilliCpu = 64_000, MemoryBytes = 256L << 30 },
        Allocated = new ResourceAmount { MilliCpu = 16_000, MemoryBytes = 64L << 30 },
        LargestNode = new ResourceAmount { MilliCpu = 16_000, MemoryBytes = 64L << 30 },
        Pending = 3,
        Running = 5,
        Guests = 1,
        Message = state == RegionDetail.Unreachable ? "No answer within 2 s." : null,
    };

    public static NodeDetail ANode(string id, string state = "Ready") => new()
    {
        Id = id,
        Region = id[..id.IndexOf('/', StringComparison.Ordinal)],
        State = state,
        Total = new ResourceAmount { MilliCpu = 16_000, MemoryBytes = 64L << 30 },
        Allocated = new ResourceAmount { MilliCpu = 4_000, MemoryBytes = 8L << 30 },
        Attempts = 2,
        LastBeat = Noon,
        AgentVersion = "0.1.0",
    };

    private static Page<T> PageOf<T>(ImmutableArray<T> all, int limit, string? cursor)
    {
        var skip = cursor is null ? 0 : int.Parse(cursor, System.Globalization.CultureInfo.InvariantCulture);
        var items = all.Skip(skip).Take(limit).ToImmutableArray();
        var more = skip + items.Length < all.Length;
        return new Page<T>
        {
            Items = items,
            Total = all.Length,
            Truncated = items.Length < all.Length,
            NextCursor = more ? (skip + items.Length).ToString(System.Globalization.CultureInfo.InvariantCulture) : null,
        };
    }

    private static LeptonException Missing404(string what, string id) =>
        LeptonException.Of(ProblemCodes.NotFound, $"There is no {what} {id}.", "List what there is.");

    private void Fail(string body = "")
    {
        if (Failure is not null) throw Failure;
        foreach (var (part, failure) in FailingBodies)
        {
            if (body.Contains(part, StringComparison.Ordinal)) throw failure;
        }
    }
}
