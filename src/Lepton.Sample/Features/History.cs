using Lepton.Sample.Data;

namespace Lepton.Sample.Features;

/// <summary>
/// Walks a shard in order of submission and keeps what a scheduler would know at each of these moments: a task's duration
/// becomes known when it has ended, never before.
/// </summary>
internal sealed class History
{
    private readonly Dictionary<object, EndedTasks> _groups = [];
    private readonly PriorityQueue<PodRow, long> _open = new();
    private long _now;

    /// <summary>Moves on to the submission of <paramref name="row"/>: everything that ended strictly before it is now known.</summary>
    public void AdvanceTo(PodRow row)
    {
        if (row.Created < _now)
            throw new InvalidDataException($"Task '{row.Name}' was submitted at {row.Created}, before the row above it at {_now}.");
        _now = row.Created;
        while (_open.TryPeek(out var ended, out var at) && at < _now)
        {
            _open.Dequeue();
            foreach (var group in GroupsOf(ended))
                group.End(ended.Created, ended.Deleted, ended.Target, ended.EndPhase == "Failed");
        }
    }

    /// <summary>The task is submitted: it counts as open from now on.</summary>
    public void Submit(PodRow row)
    {
        foreach (var group in GroupsOf(row)) group.Submit(row.Created);
        _open.Enqueue(row, row.Deleted);
    }

    /// <summary>Tasks of exactly this shape.</summary>
    public EndedTasks SameShape(Shape shape) => Group(shape);

    /// <summary>Tasks of the same CPU and memory request, whatever their GPU share.</summary>
    public EndedTasks SameHost(Shape shape) => Group(("host", shape.CpuMilli, shape.MemoryMib));

    /// <summary>Tasks of the same GPU request and quality of service, whatever their CPU and memory.</summary>
    public EndedTasks SameDevices(Shape shape) => Group(("devices", shape.Gpus, shape.GpuMilli, shape.Qos));

    /// <summary>All tasks of the shard.</summary>
    public EndedTasks All => Group("all");

    private IEnumerable<EndedTasks> GroupsOf(PodRow row) =>
        [SameShape(row.Shape), SameHost(row.Shape), SameDevices(row.Shape), All];

    private EndedTasks Group(object key)
    {
        if (!_groups.TryGetValue(key, out var group)) _groups.Add(key, group = new EndedTasks());
        return group;
    }
}
