using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement;

namespace Lepton.Scheduling.Queueing;

/// <summary>One object for all equal shapes of a queue: there are few, however many jobs. Bounded: a full pool begins anew.</summary>
internal sealed class SharedShapes(ImmutableArray<RegionId> fleet)
{
    private const int PoolLimit = 4096;

    private readonly HashSet<TaskShape> _known = [];

    public TaskShape Of(TaskTemplate template, InputRef? input)
    {
        var shape = TaskShape.Of(template, input, fleet);
        if (_known.TryGetValue(shape, out var known)) return known;
        if (_known.Count >= PoolLimit) _known.Clear();
        _known.Add(shape);
        return shape;
    }
}
