using System.Diagnostics;
using Lepton.Agent;
using Lepton.Agent.Attempts;
using Lepton.Agent.Devices;
using Lepton.Agent.Devices.Sources;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Agents;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lepton.Benchmarks.Devices;

/// <summary>From an XID in the driver to the state in the node's record, through binding, agent and node machine; only the network between the last two is missing.</summary>
internal static class Latency
{
    /// <summary>Milliseconds for one device loss on each of the GPUs.</summary>
    public static async Task<List<double>> Measure(string library, int gpus)
    {
        using var driver = FakeNvml.With(library, gpus);
        var node = new NodeId(new RegionId("bench"), "n01");
        var link = new NodeInProcess(node);
        var clock = new BootClock();
        await using var session = new DeviceSession(new DeviceSettings { Devices = DevicesOption.Auto, NvmlLibrary = library }, clock, NullLogger.Instance);
        await session.Open();
        var bare = new NodeSpec(new Capacity(8_000, 8L << 30), [], System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty, "bench");
        var machine = new AgentMachine(node, 1, session.Picture.In(bare), new AgentSettings(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)));
        var loop = new AgentLoop(machine, link, static _ => { }, clock, NullLogger.Instance) { Troubled = session.Troubled };
        var running = loop.Run(NoAttempts.Instance);
        session.Begin(loop, bare);
        var times = new List<double>();
        for (var gpu = 0; gpu < gpus; gpu++)
        {
            var uuid = $"GPU-{gpu}";
            await Turned(link, uuid, DevicePhase.Healthy);
            var lost = Turned(link, uuid, DevicePhase.Lost);
            var begun = Stopwatch.GetTimestamp();
            driver.Order($"xid {gpu} 79");
            times.Add(Stopwatch.GetElapsedTime(begun, await lost).TotalMilliseconds);
        }

        loop.Leave(now: true);
        await running;
        return times;
    }

    private static Task<long> Turned(NodeInProcess link, string uuid, DevicePhase phase)
    {
        var turned = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        link.Beaten = (states, at) =>
        {
            if (states.Any(s => s.Uuid == uuid && s.Phase == phase)) turned.TrySetResult(at);
        };
        return turned.Task;
    }

    private sealed class NoAttempts : IAttemptHost
    {
        public static readonly NoAttempts Instance = new();

        public void Start(Assignment assignment)
        {
        }

        public void Stop(AttemptId attempt, AttemptEndCause cause, TimeSpan? grace)
        {
        }

        public void KeepUntil(DateTimeOffset until)
        {
        }

        public void Forget(AttemptId attempt)
        {
        }
    }
}
