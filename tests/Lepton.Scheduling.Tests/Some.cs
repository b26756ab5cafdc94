using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Tests;

/// <summary>Things that tests need and do not care about.</summary>
internal static class Some
{
    public const long MiB = 1024 * 1024;

    public static readonly RegionId East = new("us-east");

    public static readonly RegionId West = new("eu-west");

    public static readonly JobId Job = new(East, "job1");

    public static readonly NodeId N1 = new(East, "n1");

    public static readonly NodeId N2 = new(East, "n2");

    public static readonly NodeId W1 = new(West, "w1");

    public static readonly Epoch Epoch1 = new(1);

    public static RegionSettings Settings(RegionId? region = null) => new() { Region = region ?? East, Fleet = [East, West] };

    public static TaskId Task(int index = 0) => new(Job, index);

    public static AttemptId Attempt(int number = 1, int index = 0) => new(Task(index), number);

    public static Capacity Cpus(long milli, long mib = 100) => new(milli, mib * MiB);

    public static NodeSpec Node(long milliCpu = 4000, long mib = 4096) =>
        new(Cpus(milliCpu, mib), [], ImmutableSortedDictionary<string, string>.Empty, "1.0");

    public static TaskTemplate Template(long milliCpu = 1000, RetryPolicy? retry = null, TimeSpan? timeLimit = null) => new()
    {
        Group = "main",
        Command = ["true"],
        Demand = new Demand(Cpus(milliCpu)),
        Retry = retry ?? RetryPolicy.Default,
        TimeLimit = timeLimit,
    };

    public static RunSpec Run(int index = 0, TaskTemplate? template = null) => new(
        Task(index),
        "job",
        TenantId.Default,
        template ?? Template(),
        index,
        null,
        ImmutableSortedDictionary<string, string>.Empty,
        [],
        50,
        MachineHarness.Start);

    public static Dispatch Dispatch(int order = 1, NodeId? node = null, long epoch = 1, TaskTemplate? template = null) =>
        new(Run(template: template), East, node ?? N1, new Epoch(epoch), order);

    public static Dispatch DispatchTo(RegionId region, int order = 1, long epoch = 1) => new(Run(), region, null, new Epoch(epoch), order);

    public static AttemptEnd End(AttemptEndCause cause = AttemptEndCause.Completed, int? exitCode = 0, string message = "") =>
        new(cause, exitCode, null, message, MachineHarness.Start, MachineHarness.Start.AddSeconds(1), [], []);
}
