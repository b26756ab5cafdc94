using System.Collections.Immutable;
using System.Diagnostics;
using Lepton.Model;

namespace Lepton.Benchmarks.Devices;

/// <summary>How long a node takes to grant a device: the offer handled, the row made ready to be written, the answer let out; no disk.</summary>
internal sealed class Grants(int gpus)
{
    private static readonly NodeId Node = new(new RegionId("bench"), "n01");
    private readonly NodeInProcess _node = new(Node);
    private long _sequence;

    /// <summary>Microseconds of each grant, in order; each is given back before the next.</summary>
    public double[] Measure(int count)
    {
        var spec = new NodeSpec(
            new Capacity(64_000, 64L << 30),
            [.. Enumerable.Range(0, gpus).Select(i => new Device($"GPU-{i}", DeviceKind.Gpu, "H100", 80L << 30, false) { Island = 0, Index = i })],
            ImmutableSortedDictionary<string, string>.Empty,
            "bench");
        var job = new JobId(Node.Region, "grants");
        var template = new TaskTemplate
        {
            Group = "main",
            Command = ["true"],
            Demand = new Demand(new Capacity(1000, 1L << 30)) { Asks = [new DeviceAsk { Models = ["H100"] }] },
        };
        Beat(spec, []);
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            var attempt = new AttemptId(new TaskId(job, i), 1);
            var run = new RunSpec(attempt.Task, "bench", TenantId.Default, template, i, null, ImmutableSortedDictionary<string, string>.Empty, [], 50, DateTimeOffset.UnixEpoch);
            var offer = new Offer(attempt, run, new Epoch(1)) { Devices = [new DeviceGrant($"GPU-{i % gpus}", new Epoch(1), DeviceAsk.Whole, 80L << 30)] };
            var begun = Stopwatch.GetTimestamp();
            var reply = _node.Ask(offer);
            times[i] = Stopwatch.GetElapsedTime(begun).TotalMicroseconds;
            if (reply is not Granted granted) throw new InvalidOperationException($"The node did not grant: {reply}");
            _node.Settle();
            Beat(spec, []);
            var now = DateTimeOffset.UtcNow;
            Beat(spec, [new AgentAttempt(attempt, granted.NodeEpoch, TaskPhase.Stopping, now, AttemptEnd.Bare(AttemptEndCause.Completed, "", now), [])]);
            Beat(spec, []);
        }

        return times;
    }

    private void Beat(NodeSpec spec, ImmutableArray<AgentAttempt> attempts)
    {
        var reply = _node.Ask(new AgentBeat(Node, 1, ++_sequence, spec, attempts, Leaving: false));
        if (reply is not LeaseReply) throw new InvalidOperationException($"The node did not take the beat: {reply}");
        _node.Settle();
    }
}
