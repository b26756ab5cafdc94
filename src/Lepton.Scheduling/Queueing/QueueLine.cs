namespace Lepton.Scheduling.Queueing;

/// <summary>What waits of one job: tasks with a history first, by index, then the fresh ones.</summary>
internal sealed class QueueLine(QueueKey key, string queue)
{
    private readonly SortedDictionary<int, WaitingTask> _again = [];

    public QueueKey Key => key;

    public string Queue => queue;

    /// <summary>Null for another region's job: then only guests wait here.</summary>
    public QueuedJob? Own { get; set; }

    public SortedDictionary<int, WaitingTask> Again => _again;

    public int Count => _again.Count + (Own?.FreshCount ?? 0);
}
