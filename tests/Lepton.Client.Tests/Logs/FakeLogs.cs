using System.Text;
using Lepton.Client.Wire;

namespace Lepton.Client.Tests.Logs;

/// <summary>A task's logs as a list of moments: each read sees the next one.</summary>
internal sealed class FakeLogs : ILeptonTasks
{
    private readonly Queue<Moment> _moments = new();
    private Moment _now = new("Running", 1, false, "");

    public sealed record Moment(string State, int Attempt, bool Complete, string Text, string? Older = null, long First = 0, string? Failure = null);

    public List<LogRead> Reads { get; } = [];

    public FakeLogs Then(Moment moment)
    {
        _moments.Enqueue(moment);
        return this;
    }

    public Task<LogPage> ReadLogAsync(string id, LogRead read, CancellationToken cancel = default)
    {
        Reads.Add(read);
        if (_moments.Count > 0) _now = _moments.Dequeue();
        if (_now.Failure is { } code) throw LeptonException.Of(code, "failed");
        var attempt = read.Attempt ?? _now.Attempt;
        var bytes = Encoding.UTF8.GetBytes(attempt == _now.Attempt ? _now.Text : _now.Older ?? "");
        var offset = Math.Clamp(read.Offset, Math.Min(_now.First, bytes.Length), bytes.Length);
        return Task.FromResult(new LogPage
        {
            Task = id,
            TaskState = _now.State,
            Attempt = attempt,
            NewestAttempt = _now.Attempt,
            Offset = offset,
            Bytes = bytes.AsMemory((int)offset, (int)Math.Min(read.Limit, bytes.Length - offset)),
            First = _now.First,
            Length = bytes.Length,
            Complete = attempt < _now.Attempt || _now.Complete,
        });
    }

    public Task<TaskDetail> GetTaskAsync(string id, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<Page<TaskSummary>> ListTasksAsync(TaskFilter filter, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<CancelAccepted> CancelTaskAsync(string id, CancelOptions options, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<TaskExplanation> ExplainAsync(string id, CancellationToken cancel = default) => throw new NotSupportedException();
}
