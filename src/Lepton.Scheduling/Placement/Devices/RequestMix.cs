using System.Collections.Immutable;

namespace Lepton.Scheduling.Placement.Devices;

/// <summary>One kind of request and how often it comes; memory is left out.</summary>
public readonly record struct MixShape(int CpuMilli, int Gpus, int GpuMilli, ulong Models, double Weight)
{
    public bool Accepts(int model) => Gpus == 0 || Models == 0 || (Models >> model & 1) != 0;
}

/// <summary>The requests that are expected, most common first; weights sum to 1.</summary>
/// <remarks>A histogram of past requests, or of a published list. It knows no order and no time: nothing of what comes next.</remarks>
public sealed class RequestMix
{
    private RequestMix(ImmutableArray<MixShape> shapes) => Shapes = shapes;

    public ImmutableArray<MixShape> Shapes { get; }

    /// <exception cref="ArgumentException">No request, or a count below 0.</exception>
    public static RequestMix Of(IEnumerable<(RequestClass Request, double Count)> requests)
    {
        var counts = new Dictionary<MixShape, double>();
        foreach (var (request, count) in requests)
        {
            if (!(count >= 0)) throw new ArgumentException($"{request} is counted {count} times; 0 or more is possible.");
            var shape = new MixShape(request.CpuMilli, request.Gpus, request.GpuMilli, request.Models, 0);
            counts[shape] = counts.GetValueOrDefault(shape) + count;
        }

        return Normalised(counts.Select(c => c.Key with { Weight = c.Value }));
    }

    /// <summary>Only the most common shapes, as few as cover this part of all requests.</summary>
    public RequestMix Covering(double part)
    {
        var covered = 0.0;
        return Normalised(Shapes.TakeWhile(shape =>
        {
            var take = covered < part - 1e-12;
            covered += shape.Weight;
            return take;
        }));
    }

    private static RequestMix Normalised(IEnumerable<MixShape> shapes)
    {
        var all = shapes.Where(s => s.Weight > 0).ToList();
        var sum = all.Sum(s => s.Weight);
        if (all.Count == 0) throw new ArgumentException("A mix of no requests. Maybe start with one request of the smallest class.");
        return new RequestMix(
        [
            .. all.Select(s => s with { Weight = s.Weight / sum })
                .OrderByDescending(s => s.Weight).ThenBy(s => s.CpuMilli).ThenBy(s => s.Gpus).ThenBy(s => s.GpuMilli).ThenBy(s => s.Models),
        ]);
    }
}
