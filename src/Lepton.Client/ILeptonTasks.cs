using Lepton.Client.Wire;

namespace Lepton.Client;

/// <summary>Tasks: described, listed, explained, read and cancelled.</summary>
public interface ILeptonTasks
{
    /// <summary>One task with its attempts. The id of a job that has one task stands for that task.</summary>
    Task<TaskDetail> GetTaskAsync(string id, CancellationToken cancel = default);

    Task<Page<TaskSummary>> ListTasksAsync(TaskFilter filter, CancellationToken cancel = default);

    /// <summary>Asks one task to end. Returns when the wish is durable; the task ends later.</summary>
    Task<CancelAccepted> CancelTaskAsync(string id, CancelOptions options, CancellationToken cancel = default);

    /// <summary>Why the task is where it is, with numbers, and what would help.</summary>
    Task<TaskExplanation> ExplainAsync(string id, CancellationToken cancel = default);

    /// <summary>A piece of an attempt's log. See <see cref="LogFollow"/> for reading on until the end.</summary>
    Task<LogPage> ReadLogAsync(string id, LogRead read, CancellationToken cancel = default);
}
