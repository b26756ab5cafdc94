using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Estimation;
using Lepton.Scheduling.Placement;

namespace Lepton.Scheduling.Queueing;

/// <summary>Tasks of one group that were never dispatched: places in the job's byte array, never an object per task.</summary>
/// <remarks>
/// A group whose inputs lie in several regions has several shapes; then each task has two bytes that say which. Where the outputs lie that a group reads is
/// known when it becomes ready: its shapes are made anew then, in the same order.
/// </remarks>
internal sealed class FreshGroup
{
    private readonly TaskPlace[] _places;
    private readonly SharedShapes _shared;
    private readonly ushort[]? _shapeOf;
    private TaskShape[] _shapes;
    private ImmutableArray<UpstreamOutput> _upstream = [];

    /// <summary>Fresh tasks by shape; empty where all have one.</summary>
    private readonly int[] _fresh;
    private int _low;
    private RunTimeKey? _learns;
    private TaskTemplate? _template;

    public FreshGroup(TaskGroup group, TaskPlace[] places, SharedShapes shared)
    {
        Group = group;
        _places = places;
        _low = group.End;
        _shared = shared;
        (_shapes, _shapeOf) = ShapesOf(group, shared);
        _fresh = _shapes.Length == 1 ? [] : new int[_shapes.Length];
    }

    /// <summary>Shared with groups that say the same: for names, ask <see cref="Name"/> and <see cref="Template"/>.</summary>
    public TaskGroup Group { get; }

    public string Name => NameOf(Group.Name);

    /// <summary>With its own name in it; made when it is first asked for, which is when its tasks start.</summary>
    public TaskTemplate Template => _template ??= Group.Template.Group == SharedSpecs.NameOfJob ? Group.Template with { Group = Owner.Name } : Group.Template;

    /// <summary>Outputs of other groups that its tasks read; they draw its tasks to where they lie.</summary>
    public ImmutableArray<UpstreamOutput> Upstream
    {
        get => _upstream;
        set
        {
            _upstream = value;
            if (Inputs.RegionOf(value, Owner.Job.Owner) is { } region) _shapes = ShapesOf(Group, _shared, region).Shapes;
        }
    }

    public int Count { get; private set; }

    public required QueuedJob Owner { get; init; }

    /// <summary>What its run times are learned under; worked out when it is first asked for.</summary>
    public RunTimeKey Learns => (_learns ??= RunTimeKey.Of($"{Owner.Spec.Tenant}/{Owner.Name}/{NameOf(Group.Template.Group)}", Group.Template.Demand));

    /// <summary>How long its tasks are expected to run, as of <see cref="EstimatedAt"/> runs learned.</summary>
    public RunTimeEstimate? Estimate { get; set; }

    public long EstimatedAt { get; set; } = -1;

    public TaskShape ShapeOf(int index) => _shapes[Number(index)];

    public void Add(int index)
    {
        _places[index] = TaskPlace.Fresh;
        if (_fresh.Length > 0) _fresh[Number(index)]++;
        Count++;
        _low = Math.Min(_low, index);
    }

    /// <summary>Takes a fresh task out; where it goes is said by the caller.</summary>
    public void Take(int index, TaskPlace to)
    {
        _places[index] = to;
        if (_fresh.Length > 0) _fresh[Number(index)]--;
        Count--;
    }

    /// <summary>The next fresh task from an index on whose shape may still fit; -1 when there is none.</summary>
    /// <remarks>Cost: O(1) when all shapes are known not to fit or tasks lie side by side, else O(tasks passed over).</remarks>
    public int Next(int from, HashSet<TaskShape> hopeless)
    {
        var open = 0;
        for (var shape = 0; shape < _shapes.Length; shape++)
        {
            if ((_fresh.Length == 0 ? Count : _fresh[shape]) > 0 && !hopeless.Contains(_shapes[shape])) open++;
        }

        if (open == 0) return -1;
        while (_low < Group.End && _places[_low] != TaskPlace.Fresh) _low++;
        for (var index = Math.Max(from, _low); index < Group.End; index++)
        {
            if (_places[index] == TaskPlace.Fresh && (_shapes.Length == 1 || !hopeless.Contains(ShapeOf(index)))) return index;
        }

        return -1;
    }

    /// <summary>Fresh tasks before an index.</summary>
    public int CountBefore(int index)
    {
        var count = 0;
        for (var i = Math.Max(Group.First, _low); i < Math.Min(index, Group.End); i++)
        {
            if (_places[i] == TaskPlace.Fresh) count++;
        }

        return count;
    }

    /// <summary>Every task of the group is over, by what this region heard. Cost: O(tasks).</summary>
    public bool HasEnded()
    {
        if (Count > 0) return false;
        for (var index = Group.First; index < Group.End; index++)
        {
            if (_places[index] is not (TaskPlace.Settled or TaskPlace.Withdrawn)) return false;
        }

        return true;
    }

    private string NameOf(string shared) => shared == SharedSpecs.NameOfJob ? Owner.Name : shared;

    private int Number(int index) => _shapeOf is null ? 0 : _shapeOf[index - Group.First];

    private static (TaskShape[] Shapes, ushort[]? ShapeOf) ShapesOf(TaskGroup group, SharedShapes shared, RegionId? outputs = null)
    {
        if (group.Inputs.IsDefaultOrEmpty) return (shared.Of(group.Template, null, outputs).Alone, null);
        var shapes = new List<TaskShape>();
        var numbers = new Dictionary<(RegionId? Region, bool IsFile), ushort>();
        var shapeOf = new ushort[group.Count];
        for (var index = group.First; index < group.End; index++)
        {
            var input = group.InputOf(index)!;
            var kind = (input.Region, input.Region is not null && input.IsFile());
            if (!numbers.TryGetValue(kind, out var number))
            {
                number = (ushort)shapes.Count;
                numbers.Add(kind, number);
                shapes.Add(shared.Of(group.Template, input, outputs));
            }

            shapeOf[index - group.First] = number;
        }

        return ([.. shapes], shapes.Count == 1 ? null : shapeOf);
    }
}
