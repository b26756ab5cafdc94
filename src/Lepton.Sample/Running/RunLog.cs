using System.Text.Json;

namespace Lepton.Sample.Running;

/// <summary>Readable lines for people, JSON lines for charts; both are flushed at once, so that a killed task leaves its story.</summary>
internal sealed class RunLog(TextWriter output, string? metricsFile) : IDisposable
{
    private readonly StreamWriter? _metrics = metricsFile is null ? null : new StreamWriter(metricsFile, append: true) { AutoFlush = true };

    public void Line(string text)
    {
        output.WriteLine(text);
        output.Flush();
    }

    public void Metric(string name, double value, int step) =>
        _metrics?.WriteLine(JsonSerializer.Serialize(new { name, value, step }));

    public void Dispose() => _metrics?.Dispose();
}
