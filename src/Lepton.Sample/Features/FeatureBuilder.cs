using Lepton.Sample.Data;

namespace Lepton.Sample.Features;

/// <summary>Turns a shard into examples; each sees only what had happened before its own submission.</summary>
internal static class FeatureBuilder
{
    /// <summary>Stands in for a gap that never was: longer than the trace.</summary>
    private const double NeverSeconds = 1e8;

    /// <summary>Used only until the first task of the shard has ended: ten minutes.</summary>
    private static readonly double Unknown = Math.Log(601);

    public static IReadOnlyList<FeatureRow> Build(IReadOnlyList<PodRow> rows, TimeSplit split)
    {
        var history = new History();
        var built = new List<FeatureRow>(rows.Count);
        foreach (var row in rows)
        {
            history.AdvanceTo(row);
            built.Add(new FeatureRow(split.PartOf(row), row.Shape.ToString(), Features(row.Shape, row.Created, history), row.Target));
            history.Submit(row);
        }
        return built;
    }

    private static float[] Features(Shape shape, long now, History history)
    {
        var (same, host, devices, all) =
            (history.SameShape(shape), history.SameHost(shape), history.SameDevices(shape), history.All);
        // An unseen shape takes the mean of its nearest wider group.
        var ofAll = all.Ended > 0 ? all.RecentMean : Unknown;
        var ofDevices = devices.Ended > 0 ? devices.Mean : ofAll;
        var ofHost = host.Ended > 0 ? host.Mean : ofDevices;
        var ofShape = same.Ended > 0 ? same.Mean : ofHost;
        var shrunk = same.Shrunk(host.Shrunk(devices.Shrunk(ofAll)));
        double[] values =
        [
            shape.CpuMilli, shape.MemoryMib, shape.Gpus, shape.GpuMilli, shape.Qos == "LS" ? 1 : 0, shape.Qos == "BE" ? 1 : 0,
            now % 86_400 / 3_600.0, now / 86_400 % 7,
            same.Ended, ofShape, shrunk, same.Ended > 0 ? same.Last : ofShape, same.Ended > 0 ? same.BeforeLast : ofShape, same.Ended > 0 ? same.RecentMean : ofShape,
            same.Ended > 0 ? same.Deviation : -1, same.Ended > 0 ? same.FailedShare : -1,
            Ln(same.Ended > 0 ? same.SecondsSinceEnd(now) : NeverSeconds), Ln(same.SecondsSinceSubmit(now) ?? NeverSeconds),
            same.Open, Ln(same.OpenAge(now)),
            host.Ended, ofHost, host.Ended > 0 ? host.Last : ofHost, host.Ended > 0 ? host.RecentMean : ofHost, Ln(host.OpenAge(now)),
            devices.Ended, ofDevices, devices.Ended > 0 ? devices.RecentMean : ofDevices,
            ofAll, all.Open, Ln(all.SecondsSinceSubmit(now) ?? NeverSeconds),
        ];
        return Array.ConvertAll(values, value => (float)value);
    }

    private static double Ln(double seconds) => Math.Log(1 + seconds);
}
