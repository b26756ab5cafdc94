using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lepton.Agent.Attempts;
using Lepton.Model;

namespace Lepton.Agent.Tests.Kit;

/// <summary>Remembers what was reported of attempts, and lets tests wait for it.</summary>
internal sealed class Reports : IAttemptReports
{
    private readonly ConcurrentDictionary<AttemptId, TaskCompletionSource<DateTimeOffset>> _started = [];
    private readonly ConcurrentDictionary<AttemptId, TaskCompletionSource<AttemptEnd>> _ended = [];
    private readonly ConcurrentDictionary<AttemptId, ImmutableArray<MetricValue>> _metrics = [];

    public int Ends => _ended.Values.Count(e => e.Task.IsCompleted);

    public void Started(AttemptId attempt, DateTimeOffset at) => Start(attempt).TrySetResult(at);

    public void Reported(AttemptId attempt, ImmutableArray<MetricValue> metrics) => _metrics[attempt] = metrics;

    public void Ended(AttemptId attempt, AttemptEnd end) => End(attempt).TrySetResult(end);

    public Task<DateTimeOffset> HasStarted(AttemptId attempt) => Within.Limit(Start(attempt).Task, $"the start of {attempt}");

    public Task<AttemptEnd> HasEnded(AttemptId attempt) => Within.Limit(End(attempt).Task, $"the end of {attempt}");

    public bool IsEnded(AttemptId attempt) => End(attempt).Task.IsCompleted;

    public ImmutableArray<MetricValue> Metrics(AttemptId attempt) => _metrics.GetValueOrDefault(attempt, []);

    private TaskCompletionSource<DateTimeOffset> Start(AttemptId attempt) => _started.GetOrAdd(attempt, _ => New<DateTimeOffset>());

    private TaskCompletionSource<AttemptEnd> End(AttemptId attempt) => _ended.GetOrAdd(attempt, _ => New<AttemptEnd>());

    private static TaskCompletionSource<T> New<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
