using Lepton.Model;

namespace Lepton.Scheduling.Estimation;

/// <summary>What the estimator looks at of a task: its class (who runs what), the device it runs on, and what it asks.</summary>
/// <param name="Class">Tenant, job name and group.</param>
/// <param name="Device">Model, and MIG profile, that it runs on, or that is the only one it asks for; <c>cpu</c>: none; empty: not known yet, or never.</param>
/// <param name="Demand">All that it asks, in words.</param>
internal readonly record struct RunTimeKey(string Class, string Device, string Demand)
{
    /// <summary>Tasks of one group of jobs of one name and tenant are taken to do the same.</summary>
    public static string ClassOf(RunSpec run) => $"{run.Tenant}/{run.JobName}/{run.Template.Group}";

    /// <summary>The key of a task that was granted nothing yet.</summary>
    public static RunTimeKey Of(string name, Demand demand) =>
        new(name, demand.DeviceAsks() switch { [] => "cpu", [{ Models: [var only] } ask] => NameOf(only, ask.MigProfile), _ => "" }, demand.ToString());

    public static string NameOf(string model, string? migProfile) => migProfile is null ? model : $"{model} {migProfile}";

    /// <summary>The same on a device that it was granted; empty: nobody knows which.</summary>
    public RunTimeKey On(string device) => device.Length == 0 ? this : this with { Device = device };
}

/// <summary>Run times learned from tasks that completed, by class and device; what is not known exactly is taken from what is nearest.</summary>
/// <remarks>
/// Asked from the class on its device to the class on any device to the same demand on that device to the same demand on any: the first that rests on
/// enough runs answers. Of a task that may be granted several models nothing but the mix of its class is known before it is. Size: at most
/// <see cref="SketchLimit"/> sketches; the one that learned nothing for longest makes place. Rebuilt at a restart from the records of ended tasks.
/// </remarks>
internal sealed class RunTimeModel(int sketchLimit = RunTimeModel.SketchLimit)
{
    public const int SketchLimit = 4_096;

    /// <summary>Runs that an answer rests on at least, old ones counting less.</summary>
    public const double EnoughRuns = 2.5;

    private readonly Dictionary<(EstimateBasis Basis, string Name, string Device), RunTimeSketch> _sketches = [];

    public int Count => _sketches.Count;

    /// <summary>Runs learned so far: answers may differ once it has grown.</summary>
    public long Learned { get; private set; }

    public void Learn(RunTimeKey key, TimeSpan ran, DateTimeOffset endedAt)
    {
        Learned++;
        if (key.Device.Length > 0) Sketch(Exact(key)).Add(ran, endedAt);
        Sketch(OfClass(key)).Add(ran, endedAt);
        if (key.Device.Length > 0) Sketch(OfDemand(key)).Add(ran, endedAt);
        Sketch(OfDemand(key with { Device = "" })).Add(ran, endedAt);
        while (_sketches.Count > sketchLimit)
        {
            _sketches.Remove(_sketches.OrderBy(s => s.Value.LastAt).ThenBy(s => s.Key).First().Key);
        }
    }

    /// <summary>Null when too little is known of anything like it.</summary>
    public RunTimeEstimate? Predict(RunTimeKey key, DateTimeOffset now) =>
        Predict(Exact(key), now)
        ?? Predict(OfClass(key), now)
        ?? Predict(OfDemand(key), now)
        ?? Predict(OfDemand(key with { Device = "" }), now);

    private RunTimeEstimate? Predict((EstimateBasis Basis, string Name, string Device) name, DateTimeOffset now)
    {
        if (!_sketches.TryGetValue(name, out var sketch) || sketch.WeightAt(now) is var weight && weight < EnoughRuns) return null;
        return new RunTimeEstimate(sketch.Quantile(0.1), sketch.Quantile(0.5), sketch.Quantile(0.9), name.Basis, weight);
    }

    private RunTimeSketch Sketch((EstimateBasis Basis, string Name, string Device) name)
    {
        if (!_sketches.TryGetValue(name, out var sketch)) _sketches.Add(name, sketch = new RunTimeSketch());
        return sketch;
    }

    private static (EstimateBasis Basis, string Name, string Device) Exact(RunTimeKey key) => (EstimateBasis.SameClassAndDevice, key.Class, key.Device);

    private static (EstimateBasis Basis, string Name, string Device) OfClass(RunTimeKey key) => (EstimateBasis.SameClass, key.Class, "");

    private static (EstimateBasis Basis, string Name, string Device) OfDemand(RunTimeKey key) => (EstimateBasis.SameDemand, key.Demand, key.Device);
}
