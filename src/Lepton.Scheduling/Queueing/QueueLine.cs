namespace Lepton.Scheduling.Queueing;

/// <summary>What waits of one job: tasks with a history first, by index, then the fresh ones.</summary>
internal sealed class QueueLine(QueueKey key, string queue)
{
    private static readonly SortedDictionary<int, WaitingTask> None = [];

    /// <summary>Most jobs never have a task with a history.</summary>
    private SortedDictionary<int, WaitingTask>? _again;

    public QueueKey Key => key;

    public string Queue => queue;

    /// <summary>Null for another region's job: then only guests wait here.</summary>
    public QueuedJob? Own { get; set; }

    /// <summary>Tasks with a history; put in by <see cref="Put"/> only.</summary>
    public SortedDictionary<int, WaitingTask> Again => _again ?? None;

    public void Put(WaitingTask waiting) => (_again ??= []).Add(waiting.Task.Index, waiting);

    public int Count => Again.Count + (Own?.FreshCount ?? 0);
}
