namespace Lepton.Scheduling.Estimation;

/// <summary>What the estimator looks at of a task: its class (who runs what), the device it runs on, and what it asks.</summary>
internal readonly record struct RunTimeKey(string Class, string Device, string Demand);

/// <summary>Run times learned from tasks that completed, by class and device; what is not known exactly is taken from what is nearest.</summary>
/// <remarks>
/// Asked from the exact class and device to the class on any device to the same demand: the first that rests on enough runs answers. Size: at most
/// <see cref="SketchLimit"/> sketches; the one that learned nothing for longest makes place. Rebuilt at a restart from the records of ended tasks.
/// </remarks>
internal sealed class RunTimeModel(int sketchLimit = RunTimeModel.SketchLimit)
{
    public const int SketchLimit = 4_096;

    /// <summary>Runs that an answer rests on at least, old ones counting less.</summary>
    public const double EnoughRuns = 2.5;

    private readonly Dictionary<string, RunTimeSketch> _sketches = new(StringComparer.Ordinal);

    public int Count => _sketches.Count;

    public void Learn(RunTimeKey key, TimeSpan ran, DateTimeOffset endedAt)
    {
        Sketch(Exact(key)).Add(ran, endedAt);
        Sketch(OfClass(key)).Add(ran, endedAt);
        Sketch(OfDemand(key)).Add(ran, endedAt);
        while (_sketches.Count > sketchLimit)
        {
            _sketches.Remove(_sketches.OrderBy(s => s.Value.LastAt).ThenBy(s => s.Key, StringComparer.Ordinal).First().Key);
        }
    }

    /// <summary>Null when too little is known of anything like it.</summary>
    public RunTimeEstimate? Predict(RunTimeKey key, DateTimeOffset now) =>
        Predict(Exact(key), EstimateBasis.SameClassAndDevice, now)
        ?? Predict(OfClass(key), EstimateBasis.SameClass, now)
        ?? Predict(OfDemand(key), EstimateBasis.SameDemand, now);

    private RunTimeEstimate? Predict(string name, EstimateBasis basis, DateTimeOffset now)
    {
        if (!_sketches.TryGetValue(name, out var sketch) || sketch.WeightAt(now) is var weight && weight < EnoughRuns) return null;
        return new RunTimeEstimate(sketch.Quantile(0.1), sketch.Quantile(0.5), sketch.Quantile(0.9), basis, weight);
    }

    private RunTimeSketch Sketch(string name)
    {
        if (!_sketches.TryGetValue(name, out var sketch)) _sketches.Add(name, sketch = new RunTimeSketch());
        return sketch;
    }

    private static string Exact(RunTimeKey key) => $"{key.Class}@{key.Device}";

    private static string OfClass(RunTimeKey key) => key.Class;

    private static string OfDemand(RunTimeKey key) => $"={key.Demand}@{key.Device}";
}
