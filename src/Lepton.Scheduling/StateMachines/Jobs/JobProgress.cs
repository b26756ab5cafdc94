using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.StateMachines.Jobs;

/// <summary>
/// How far a job is: a byte per task and a few counts per group. The same function of spec and outcomes for the job, which is told them one by
/// one, and for the region, which reads them from the task rows.
/// </summary>
/// <remarks>Cost: one byte per task; an outcome is O(1), the last or a bad one of a group O(tasks of the groups behind it).</remarks>
internal sealed class JobProgress
{
    private readonly JobSpec _spec;
    private readonly TaskMark[] _marks;
    private readonly GroupState[] _groups;
    private readonly SortedDictionary<int, ImmutableArray<ArtifactRef>> _artifacts = [];
    private readonly int[] _counts = new int[4];

    public JobProgress(JobSpec spec)
    {
        _spec = spec;
        _marks = new TaskMark[spec.TaskCount];
        _counts[(int)TaskMark.Open] = spec.TaskCount;
        var feeding = spec.Groups.SelectMany(g => g.DependsOn.OrEmpty()).ToHashSet(StringComparer.Ordinal);
        _groups = [.. spec.Groups.Select(g => new GroupState(g, feeding.Contains(g.Name)))];
        foreach (var group in _groups)
        {
            group.Dependencies = [.. group.Group.DependsOn.OrEmpty().Select(name => _groups.First(g => g.Group.Name == name))];
        }

        Settle();
    }

    public int Succeeded => _counts[(int)TaskMark.Succeeded];

    public int Failed => _counts[(int)TaskMark.Failed];

    public int Cancelled => _counts[(int)TaskMark.Cancelled];

    /// <summary>Every task has its outcome.</summary>
    public bool IsOver => _counts[(int)TaskMark.Open] == 0;

    /// <summary>The bad outcome with the lowest index, in words; null while there is none.</summary>
    public string? FirstFailure => _groups.Where(g => g.Bad is not null).MinBy(g => g.BadIndex)?.Bad;

    /// <summary>Progress of a job as its stored rows tell it. Wishes to cancel count only where a row says that they came true.</summary>
    public static JobProgress Of(JobSpec spec, IEnumerable<TaskRow> rows)
    {
        var progress = new JobProgress(spec);
        foreach (var row in rows)
        {
            if (row.Phase.IsTerminal()) progress.End(row.Task.Index, row.Phase, row.Message, row.Attempts.ArtifactsOfLast());
        }

        return progress;
    }

    public TaskMark MarkOf(int index) => _marks[index];

    public bool Has(int index) => (uint)index < (uint)_marks.Length;

    /// <summary>Groups whose tasks may start: all they depend on has succeeded.</summary>
    public IEnumerable<TaskGroup> ReadyGroups => _groups.Where(g => g.IsReady).Select(g => g.Group);

    /// <summary>Groups that can never start, with the cause.</summary>
    public ImmutableArray<DoomedGroup> Doomed => [.. _groups.Where(g => g.IsDoomed).Select(g => new DoomedGroup(g.Group.Name, g.Bad!))];

    public bool IsReady(string group) => _groups.Any(g => g.IsReady && g.Group.Name == group);

    /// <summary>True when other groups wait for this task's group.</summary>
    public bool Feeds(int index) => GroupAt(index).Feeds;

    /// <summary>
    /// Takes an outcome in; a repeat changes nothing. Returns the groups that became ready by it.
    /// </summary>
    public ImmutableArray<TaskGroup> End(int index, TaskPhase phase, string message, ImmutableArray<ArtifactRef> artifacts)
    {
        var mark = phase switch
        {
            TaskPhase.Succeeded => TaskMark.Succeeded,
            TaskPhase.Cancelled => TaskMark.Cancelled,
            _ => TaskMark.Failed,
        };
        var group = GroupAt(index);
        if (!Mark(group, index, mark)) return [];
        if (mark == TaskMark.Succeeded)
        {
            if (group.Feeds && !artifacts.IsDefaultOrEmpty) _artifacts[index] = artifacts;
            return group.Count(TaskMark.Succeeded) == group.Group.Count ? Settle() : [];
        }

        group.Blame(index, Words(index, mark, message));
        return Settle();
    }

    /// <summary>A task that never left the queue is cancelled: there is no row and there will be none.</summary>
    public void CancelOpen(int index, string message)
    {
        if (_marks[index] == TaskMark.Open) End(index, TaskPhase.Cancelled, message, []);
    }

    /// <summary>Kept outputs of the groups that a group depends on, in index order.</summary>
    public ImmutableArray<UpstreamOutput> UpstreamOf(IEnumerable<TaskGroup> groups)
    {
        var wanted = groups.SelectMany(g => g.DependsOn.OrEmpty()).ToHashSet(StringComparer.Ordinal);
        if (wanted.Count == 0) return [];
        var outputs = ImmutableArray.CreateBuilder<UpstreamOutput>();
        foreach (var (index, artifacts) in _artifacts)
        {
            var group = GroupAt(index).Group;
            if (wanted.Contains(group.Name)) outputs.Add(new UpstreamOutput(group.Name, index - group.First, artifacts));
        }

        return outputs.ToImmutable();
    }

    public ImmutableArray<GroupProgress> Describe() =>
    [
        .. _groups.Select(g => new GroupProgress(
            g.Group.Name, g.Group.Count, g.Count(TaskMark.Succeeded), g.Count(TaskMark.Failed), g.Count(TaskMark.Cancelled), g.IsReady)),
    ];

    /// <summary>Runs through the groups in topological order: what has become ready, and what can never start any more.</summary>
    private ImmutableArray<TaskGroup> Settle()
    {
        var became = ImmutableArray.CreateBuilder<TaskGroup>();
        foreach (var group in _groups)
        {
            if (group.IsReady || group.IsDoomed) continue;
            if (group.Dependencies.FirstOrDefault(d => d.Bad is not null) is { } bad)
            {
                group.IsDoomed = true;
                group.Blame(int.MaxValue, bad.IsDoomed ? bad.Bad! : $"dependency {bad.Group.Name} {bad.Bad}");
                for (var index = group.Group.First; index < group.Group.End; index++) Mark(group, index, TaskMark.Cancelled);
            }
            else if (group.Dependencies.All(d => d.Count(TaskMark.Succeeded) == d.Group.Count))
            {
                group.IsReady = true;
                became.Add(group.Group);
            }
        }

        return became.ToImmutable();
    }

    private bool Mark(GroupState group, int index, TaskMark mark)
    {
        var before = _marks[index];
        if (before == mark) return false;
        _marks[index] = mark;
        _counts[(int)before]--;
        _counts[(int)mark]++;
        group.Move(before, mark);
        return true;
    }

    private GroupState GroupAt(int index)
    {
        foreach (var group in _groups)
        {
            if (group.Group.Contains(index)) return group;
        }

        throw new ArgumentOutOfRangeException(nameof(index), index, $"Job {_spec.Name} has {_spec.TaskCount} tasks.");
    }

    /// <summary>"failed: task 3 exit code 1"</summary>
    private static string Words(int index, TaskMark mark, string message)
    {
        var verb = mark == TaskMark.Cancelled ? "cancelled" : "failed";
        return message.Length == 0 ? $"{verb}: task {index}" : $"{verb}: task {index} {message}";
    }

    private sealed class GroupState(TaskGroup group, bool feeds)
    {
        private readonly int[] _counts = new int[4];

        public TaskGroup Group => group;

        public bool Feeds => feeds;

        public GroupState[] Dependencies { get; set; } = [];

        public bool IsReady { get; set; }

        public bool IsDoomed { get; set; }

        /// <summary>The bad outcome with the lowest index, in words.</summary>
        public string? Bad { get; private set; }

        public int BadIndex { get; private set; } = int.MaxValue;

        public int Count(TaskMark mark) => _counts[(int)mark];

        public void Move(TaskMark from, TaskMark to)
        {
            _counts[(int)from]--;
            _counts[(int)to]++;
        }

        public void Blame(int index, string words)
        {
            if (Bad is not null && index >= BadIndex) return;
            (Bad, BadIndex) = (words, index);
        }
    }
}
