using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement;

namespace Lepton.Scheduling.Queueing;

/// <summary>One object for all equal shapes of a queue: there are few, however many jobs. Bounded: a full pool begins anew.</summary>
internal sealed class SharedShapes(ImmutableArray<RegionId> fleet)
{
    private const int PoolLimit = 4096;

    private readonly HashSet<TaskShape> _known = [];

    /// <param name="outputs">Region where the outputs of others lie that the task reads; null: it makes no difference.</param>
    public TaskShape Of(TaskTemplate template, InputRef? input, RegionId? outputs = null)
    {
        var shape = TaskShape.Of(template, input, fleet, outputs);
        if (_known.TryGetValue(shape, out var known)) return known;
        if (_known.Count >= PoolLimit) _known.Clear();
        _known.Add(shape);
        return shape;
    }
}
