using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using Lepton.Contracts;
using Lepton.Model;
using Microsoft.Extensions.Time.Testing;
using Orleans;

namespace Lepton.Client.Tests.Cluster;

/// <summary>Three regions as a client inside us-east meets them: machines that answer what the test says, and the rows of us-east.</summary>
internal sealed class FakeFleet : IRegionGateway, IQueryGrain
{
    public static readonly RegionId East = new("us-east");
    public static readonly RegionId West = new("eu-west");
    public static readonly RegionId South = new("ap-south");
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    public static readonly JobId Job = new(East, "01AAAAAAAAAAAAAAAAAAAAAAAA");

    private readonly Dictionary<Address, Func<Message, Reply?>> _machines = [];

    public FakeFleet()
    {
        Time.SetUtcNow(Noon);
        foreach (var region in Directory.Regions) Answer(Address.Of(region.Region), AnswerOf(region.Region));
    }

    public FakeTimeProvider Time { get; } = new();

    public RegionDirectory Directory { get; } = new(East, [.. new[] { East, West, South }.Select((r, i) => new RegionEndpoint(r, $"127.0.0.1:{3000 + i}", new Uri($"http://127.0.0.1:{8080 + i}/")))]);

    public List<(Address To, Message Message)> Asked { get; } = [];

    public HashSet<RegionId> Silent { get; } = [];

    public Dictionary<RegionId, ImmutableArray<NodeView>> Nodes { get; } = new() { [East] = [], [West] = [], [South] = [] };

    public Dictionary<TaskId, Overlay> Live { get; } = [];

    public Dictionary<TaskId, Explanation> Explanations { get; } = [];

    /// <summary>What a region says of a guest, where it is not the owner's word.</summary>
    public Dictionary<(RegionId, TaskId), Explanation> GuestExplanations { get; } = [];

    public ImmutableArray<QueueView> Queues { get; set; } = [new QueueView("default", [])];

    /// <summary>What a region answers to a dry run.</summary>
    public Func<RegionId, AskOutlook, Reply>? Outlook { get; set; }

    public List<JobItem> Jobs { get; } = [];

    public List<JobQuery> JobQueries { get; } = [];

    public List<TaskQuery> TaskQueries { get; } = [];

    public Exception? QueryFailure { get; set; }

    public Dictionary<RegionId, ILepton> Peers { get; } = [];

    public Dictionary<(RegionId, AttemptId), (byte[] Bytes, bool Complete)> Logs { get; } = [];

    public HashSet<RegionId> LogsDown { get; } = [];

    public ClusterLepton Client() => new(
        GrainsOf(this), this, Directory, Time, endpoint => new Log(this, endpoint.Region), endpoint => Peers[endpoint.Region]);

    public void Answer(Address at, Func<Message, Reply?> answer) => _machines[at] = answer;

    public Task<Reply> Ask(Address to, Message message, CancellationToken cancel)
    {
        Asked.Add((to, message));
        if (Silent.Contains(to.Region)) return Task.FromResult<Reply>(new Unanswered("no answer within 2 s"));
        var reply = _machines.TryGetValue(to, out var machine) ? machine(message) : null;
        return Task.FromResult(reply ?? new Refused(RefusalCode.NotFound, $"{to} is not known."));
    }

    /// <summary>A job with tasks of which some have records.</summary>
    public void Put(JobDescription job, params TaskRow[] rows)
    {
        Answer(Address.Of(job.Job), m => m is DescribeJob ? job : Ack.Done);
        foreach (var row in rows) Answer(Address.Of(row.Task), m => m is DescribeTask ? new TaskDescription(row) : null);
    }

    public static JobDescription AJob(int tasks = 1, JobPhase phase = JobPhase.Active, JobId? id = null)
    {
        var template = new TaskTemplate { Group = "fit", Command = ["true"], Demand = new Demand(new Capacity(1000, 1 << 30)) };
        var spec = new JobSpec
        {
            Kind = "Task",
            Name = "train",
            Groups = [new TaskGroup("fit", 0, tasks, template, [], [], [])],
            Source = "kind: Task\n",
        };
        var ended = phase is JobPhase.Active or JobPhase.Cancelling ? (DateTimeOffset?)null : Noon.AddMinutes(9);
        return new JobDescription(id ?? Job, spec, phase, Noon, ended, [new GroupProgress("fit", tasks, 0, 0, 0, true)], null);
    }

    public static TaskRow ARow(TaskId task, TaskPhase phase, params AttemptRecord[] attempts) => new()
    {
        Task = task,
        Tenant = TenantId.Default,
        Name = "train",
        Phase = phase,
        Attempt = attempts.Length,
        Attempts = [.. attempts],
        SubmittedAt = Noon,
        EndedAt = phase.IsTerminal() ? Noon.AddMinutes(5) : null,
    };

    public static AttemptRecord AnAttempt(int number, RegionId region, AttemptEnd? end = null) =>
        new(number, region, new NodeId(region, "n01"), Noon.AddSeconds(number), end);

    public static NodeView ANode(RegionId region, string name, Capacity total) =>
        new(new NodeId(region, name), NodePhase.Ready, total, Capacity.Zero, 0, Noon, "0.1.0");

    public static RegionSummary ASummary(RegionId region, DateTimeOffset at, int nodes = 1) =>
        new(region, new Epoch(1), 1, at, nodes, nodes, new Capacity(8000, 8L << 30), new Capacity(6000, 6L << 30), new Capacity(4000, 4L << 30), 2, 3, 1);

    Task<JobPage> IQueryGrain.Jobs(JobQuery query)
    {
        JobQueries.Add(query);
        if (QueryFailure is not null) throw QueryFailure;
        var found = Jobs.Where(j => j.Job.ToString().StartsWith(query.IdPrefix ?? "", StringComparison.Ordinal)).ToList();
        return Task.FromResult(new JobPage([.. found.Take(query.Limit)], found.Count > query.Limit ? "more" : null, found.Count));
    }

    Task<TaskPage> IQueryGrain.Tasks(TaskQuery query)
    {
        TaskQueries.Add(query);
        if (QueryFailure is not null) throw QueryFailure;
        return Task.FromResult(new TaskPage([], null, 0));
    }

    private Func<Message, Reply?> AnswerOf(RegionId region) => message => message switch
    {
        AskRegion => new RegionView(
            ASummary(region, Noon, Nodes[region].Length),
            Nodes[region],
            [.. Directory.Regions.Where(r => r.Region != region).Select(r => new PeerView(r.Region, ASummary(r.Region, Noon.AddSeconds(-20)), Noon.AddSeconds(-14)))])
        {
            Queues = Queues,
        },
        AskOverlay ask => new Overlays([.. ask.Tasks.Where(Live.ContainsKey).Select(t => Live[t])]),
        AskOutlook ask => Outlook?.Invoke(region, ask),
        ExplainTask ask when ask.Task.Owner != region => GuestExplanations.TryGetValue((region, ask.Task), out var g) ? new Explained(g) : null,
        ExplainTask ask => Explanations.TryGetValue(ask.Task, out var e) ? new Explained(e) : null,
        _ => null,
    };

    private static IGrainFactory GrainsOf(FakeFleet fleet)
    {
        var factory = DispatchProxy.Create<IGrainFactory, OneGrain>();
        ((OneGrain)(object)factory).Grain = fleet;
        return factory;
    }

    /// <summary>A factory that knows the query grain with key 0 and nothing else.</summary>
#pragma warning disable CA1852 // The proxy is a subclass made at run time.
    private class OneGrain : DispatchProxy
#pragma warning restore CA1852
    {
        public object? Grain { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Assert.Equal(typeof(IQueryGrain), targetMethod!.GetGenericArguments().Single());
            Assert.Equal(0L, args![0]);
            return Grain;
        }
    }

    private sealed class Log(FakeFleet fleet, RegionId region) : ILogStore
    {
        public Task<LogExtent?> Extent(AttemptId attempt, CancellationToken cancel)
        {
            if (fleet.LogsDown.Contains(region)) throw new StoreUnavailableException("connection refused", false);
            return Task.FromResult(fleet.Logs.TryGetValue((region, attempt), out var log) ? new LogExtent(0, log.Bytes.Length, log.Complete) : null);
        }

        public async Task<LogChunk> Read(AttemptId attempt, long offset, int limit, CancellationToken cancel)
        {
            var bytes = fleet.Logs[(region, attempt)].Bytes;
            return new LogChunk(offset, bytes.AsMemory((int)offset, (int)Math.Min(limit, bytes.Length - offset)), (await Extent(attempt, cancel))!);
        }

        public Task<long> Append(AttemptId attempt, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancel) => throw new NotSupportedException();

        public Task Complete(AttemptId attempt, CancellationToken cancel) => throw new NotSupportedException();
    }

    public void PutLog(RegionId region, AttemptId attempt, string text, bool complete) => Logs[(region, attempt)] = (Encoding.UTF8.GetBytes(text), complete);
}
