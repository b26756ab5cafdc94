using Lepton.Model;
using Lepton.Scheduling.Placement;

namespace Lepton.Scheduling.Queueing;

/// <summary>An own job in its region's queue: a byte per task says where each is.</summary>
internal sealed class QueuedJob
{
    private readonly TaskPlace[] _places;
    private readonly FreshGroup[] _groups;

    /// <param name="spec">As <see cref="SharedSpecs"/> gives it.</param>
    public QueuedJob(JobId job, string name, JobSpec spec, DateTimeOffset submittedAt, SharedShapes shapes)
    {
        Job = job;
        Name = name;
        Spec = spec;
        SubmittedAt = submittedAt;
        _places = new TaskPlace[spec.TaskCount];
        _groups = new FreshGroup[spec.Groups.Length];
        for (var i = 0; i < _groups.Length; i++) _groups[i] = new FreshGroup(spec.Groups[i], _places, shapes) { Owner = this };
    }

    public JobId Job { get; }

    public string Name { get; }

    /// <summary>Shared with jobs that say the same, so without the name.</summary>
    public JobSpec Spec { get; }

    public DateTimeOffset SubmittedAt { get; }

    public QueueKey Key => new(Spec.Priority, SubmittedAt, Job);

    public IReadOnlyList<FreshGroup> Groups => _groups;

    public int TaskCount => _places.Length;

    /// <summary>The whole job was withdrawn: nothing of it is queued any more.</summary>
    public bool IsWithdrawn { get; set; }

    /// <summary>When a task of it was last heard to be over; null until then.</summary>
    public DateTimeOffset? QuietSince { get; set; }

    public int FreshCount
    {
        get
        {
            var count = 0;
            foreach (var group in _groups) count += group.Count;
            return count;
        }
    }

    public bool Has(int index) => (uint)index < (uint)_places.Length;

    public TaskPlace PlaceOf(int index) => _places[index];

    public FreshGroup GroupOf(int index)
    {
        foreach (var group in _groups)
        {
            if (group.Group.Contains(index)) return group;
        }

        throw new ArgumentOutOfRangeException(nameof(index), index, $"Job {Job} has {TaskCount} tasks.");
    }

    public FreshGroup? GroupNamed(string name) => _groups.FirstOrDefault(g => g.Name == name);

    public TaskShape ShapeOf(int index) => GroupOf(index).ShapeOf(index);

    /// <summary>Moves a task; counts of fresh tasks follow.</summary>
    public void Move(int index, TaskPlace to)
    {
        var from = _places[index];
        if (from == to) return;
        if (from == TaskPlace.Fresh) GroupOf(index).Take(index, to);
        else if (to == TaskPlace.Fresh) GroupOf(index).Add(index);
        else _places[index] = to;
    }

    /// <summary>Everything the node needs to run a task.</summary>
    public RunSpec RunOf(int index, string? restoreFrom)
    {
        var group = GroupOf(index);
        return new RunSpec(
            new TaskId(Job, index), Name, Spec.Tenant, group.Template, index - group.Group.First, group.Group.InputOf(index),
            group.Group.GridOf(index), group.Upstream, Spec.Priority, SubmittedAt, restoreFrom)
        {
            Queue = Spec.Queue,
        };
    }
}
