using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Lepton.Agent.Devices.Telemetry;

/// <summary>The gauges of one meter as Prometheus reads them: text format 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Asks every gauge now.</summary>
    public static string Of(Meter meter)
    {
        var byInstrument = new SortedDictionary<string, (Instrument Instrument, StringBuilder Lines)>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (ReferenceEquals(instrument.Meter, meter)) listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            if (!byInstrument.TryGetValue(instrument.Name, out var known)) byInstrument[instrument.Name] = known = (instrument, new StringBuilder());
            Line(known.Lines, instrument.Name, value, tags);
        });
        listener.Start();
        listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var (instrument, lines) in byInstrument.Values)
            text.Append("# HELP ").Append(instrument.Name).Append(' ').Append(instrument.Description).Append("\n# TYPE ").Append(instrument.Name).Append(" gauge\n").Append(lines);
        return text.ToString();
    }

    private static void Line(StringBuilder text, string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        text.Append(name).Append('{');
        for (var i = 0; i < tags.Length; i++)
        {
            if (i > 0) text.Append(',');
            text.Append(tags[i].Key).Append("=\"").Append(Escaped(tags[i].Value?.ToString() ?? "")).Append('"');
        }
        text.Append("} ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Escaped(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
