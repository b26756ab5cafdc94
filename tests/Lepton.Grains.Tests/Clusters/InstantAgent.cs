using Lepton.Contracts;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Agents;

namespace Lepton.Grains.Tests.Clusters;

/// <summary>An agent with the real decisions, whose tasks succeed the moment they start. It beats as fast as it is answered.</summary>
internal sealed class InstantAgent : IAsyncDisposable
{
    private static readonly NodeSpec Spec = new(new Capacity(8_000, 8L << 30), [], System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty, "test");

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public InstantAgent(IGrainFactory grains, string name = "n01") => _loop = Run(grains, new NodeId(RegionCluster.Region, name));

    /// <summary>Attempts that were started, in order.</summary>
    public List<AttemptId> Started { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task Run(IGrainFactory grains, NodeId node)
    {
        var settings = new AgentSettings(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(5));
        var machine = new AgentMachine(node, 1, Spec, settings);
        var effects = new AgentEffects();
        var hints = grains.CreateObjectReference<IAgentHints>(Nobody.Instance);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!_stop.IsCancellationRequested)
        {
            var beat = machine.NextBeat(Now());
            try
            {
                machine.BeatAnswered(beat.Sequence, await grains.GetGrain<INodeGrain>(node.ToString()).Beat(beat, hints), Now(), effects);
            }
            catch (Exception error) when (error is Orleans.Runtime.OrleansException or TimeoutException)
            {
                machine.BeatFailed(beat.Sequence, Now(), effects);
            }

            foreach (var start in effects.Items.OfType<StartAttempt>().ToList())
            {
                var attempt = start.Assignment.Attempt;
                Started.Add(attempt);
                machine.Started(attempt, Now().At, effects);
                machine.Ended(attempt, new AttemptEnd(AttemptEndCause.Completed, 0, null, "", Now().At, Now().At, [], []), Now(), effects);
            }

            effects.Clear();
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static Moment Now() => new(TimeProvider.System.GetUtcNow(), 1);

    private sealed class Nobody : IAgentHints
    {
        public static readonly Nobody Instance = new();

        public Task WorkAvailable() => Task.CompletedTask;
    }
}
