using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lepton.Agent.Link;
using Lepton.Model;

namespace Lepton.Agent.Tests.Kit;

/// <summary>A node grain as the test plays it: assigns what is queued, forgets every end it is told, can be away.</summary>
internal sealed class FakeLink : INodeLink
{
    private readonly ConcurrentQueue<Assignment> _toAssign = [];
    private readonly ConcurrentQueue<StopOrder> _toStop = [];

    public Action? Hinted { get; set; }

    public ConcurrentQueue<AgentBeat> Beats { get; } = [];

    public ConcurrentDictionary<AttemptId, AttemptEnd> Ends { get; } = [];

    public ConcurrentDictionary<AttemptId, DateTimeOffset> Starts { get; } = [];

    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause between beats; long, so that only hints and events hurry them unless the test wants otherwise.</summary>
    public TimeSpan NextBeat { get; set; } = TimeSpan.FromMilliseconds(50);

    public bool Away { get; set; }

    public Reply? Answer { get; set; }

    public int Batch { get; set; } = 1000;

    public void Assign(Assignment assignment) => _toAssign.Enqueue(assignment);

    public void Stop(StopOrder order) => _toStop.Enqueue(order);

    public Task<Reply> Beat(AgentBeat beat, CancellationToken cancel)
    {
        Beats.Enqueue(beat);
        if (Away) throw new TimeoutException("the region is away");
        if (Answer is { } answer) return Task.FromResult(answer);
        var forget = ImmutableArray.CreateBuilder<AttemptId>();
        foreach (var held in beat.Attempts)
        {
            if (held.StartedAt is { } at) Starts[held.Attempt] = at;
            if (held.End is null) continue;
            Ends[held.Attempt] = held.End;
            forget.Add(held.Attempt);
        }
        var assign = ImmutableArray.CreateBuilder<Assignment>();
        while (!beat.Leaving && assign.Count < Batch && _toAssign.TryDequeue(out var next)) assign.Add(next);
        var stop = ImmutableArray.CreateBuilder<StopOrder>();
        while (_toStop.TryDequeue(out var order)) stop.Add(order);
        return Task.FromResult<Reply>(new LeaseReply(
            new Epoch(1), beat.Sequence, Lease, assign.ToImmutable(), stop.ToImmutable(), forget.ToImmutable(), assign.Count > 0 ? TimeSpan.Zero : NextBeat));
    }
}
