using Lepton.Client.Wire;

namespace Lepton.Client;

/// <summary>A task held by its id: a value, made anew from the id at any time and in any process.</summary>
public readonly record struct TaskHandle(ILepton Lepton, string Id)
{
    public Task<TaskDetail> GetAsync(CancellationToken cancel = default) => Lepton.GetTaskAsync(Id, cancel);

    public Task<CancelAccepted> CancelAsync(CancelOptions? options = null, CancellationToken cancel = default) =>
        Lepton.CancelTaskAsync(Id, options ?? new CancelOptions(), cancel);

    public Task<TaskExplanation> ExplainAsync(CancellationToken cancel = default) => Lepton.ExplainAsync(Id, cancel);

    /// <summary>Waits until the task is over, however it ended.</summary>
    public Task<TaskDetail> WaitAsync(TimeProvider? time = null, CancellationToken cancel = default)
    {
        var self = this;
        return Polling.Until(c => self.GetAsync(c), task => TaskStates.IsOver(task.State), time ?? TimeProvider.System, cancel);
    }

    /// <summary>The log as it grows, until the task is over.</summary>
    public IAsyncEnumerable<LogPage> FollowLogAsync(LogRead? from = null, TimeProvider? time = null, CancellationToken cancel = default) =>
        Lepton.Follow(Id, from ?? new LogRead(), time ?? TimeProvider.System, cancel);
}
