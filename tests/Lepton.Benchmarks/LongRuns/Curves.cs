using System.Globalization;
using System.Text;

namespace Lepton.Benchmarks.LongRuns;

/// <summary>The samples as small curves in one SVG picture.</summary>
internal sealed class Curves(IReadOnlyList<Sample> samples, IReadOnlyList<Kill> kills)
{
    private const int PanelWidth = 440;
    private const int PanelHeight = 150;
    private const int Columns = 2;
    private const double MiB = 1 << 20;
    private static readonly string[] Colours = ["#1f77b4", "#d62728", "#2ca02c"];

    private readonly StringBuilder _svg = new();
    private int _panels;

    public string Draw()
    {
        Panel("resident memory of silos, MiB", ByRegion(r => Verdicts.Processes(samples, $"silo {r}", p => p.Resident / MiB)));
        Panel("managed heap of silos, MiB", ByRegion(r => Verdicts.Processes(samples, $"silo {r}", p => p.Heap / MiB, p => p.Heap > 0)));
        Panel("managed heap of silos with its reserve, MiB", ByRegion(r => Verdicts.Processes(samples, $"silo {r}", p => p.Committed / MiB, p => p.Committed > 0)));
        Panel("native memory of silos, MiB", ByRegion(r => Verdicts.Processes(samples, $"silo {r}", p => p.Native / MiB, p => p.Committed > 0)));
        Panel("resident memory of agents, MiB", ByRegion(r => Verdicts.Processes(samples, $"agent {r}", p => p.Resident / MiB)));
        Panel("managed heap of agents with its reserve, MiB", ByRegion(r => Verdicts.Processes(samples, $"agent {r}", p => p.Committed / MiB, p => p.Committed > 0)));
        Panel("native memory of agents, MiB", ByRegion(r => Verdicts.Processes(samples, $"agent {r}", p => p.Native / MiB, p => p.Committed > 0)));
        Panel("handles of silos", ByRegion(r => Verdicts.Processes(samples, $"silo {r}", p => p.Handles)));
        Panel("handles of agents", ByRegion(r => Verdicts.Processes(samples, $"agent {r}", p => p.Handles)));
        Panel("threads of silos", ByRegion(r => Verdicts.Processes(samples, $"silo {r}", p => p.Threads)));
        Panel("store, MiB", ByRegion(r => Verdicts.Disks(samples, r, d => d.Store / MiB)));
        Panel("write-ahead log, MiB", ByRegion(r => Verdicts.Disks(samples, r, d => d.Wal / MiB)));
        Panel("artifacts, MiB", ByRegion(r => Verdicts.Disks(samples, r, d => d.Artifacts / MiB)));
        Panel("logs, MiB", ByRegion(r => Verdicts.Disks(samples, r, d => d.Logs / MiB)));
        Panel("accepted jobs (red: ended)", [[.. samples.Select(s => (s.AtSeconds, (double)s.Accepted))], [.. samples.Select(s => (s.AtSeconds, (double)s.Ended))]]);
        Panel("open jobs", [[.. samples.Select(s => (s.AtSeconds, (double)s.Open))]]);
        var (width, height) = (Columns * PanelWidth, ((_panels + Columns - 1) / Columns * PanelHeight) + 24);
        var legend = string.Join(' ', LongRunOptions.Regions.Select((r, i) => $"<tspan fill=\"{Colours[i]}\">{r}</tspan>"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"11\"><rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>{_svg}<text x=\"8\" y=\"{height - 8}\">{legend} <tspan fill=\"#999999\">grey: kills; {LongRunOptions.Spared} is never killed</tspan></text></svg>\n");
    }

    private static IReadOnlyList<IReadOnlyList<(double At, double Value)>> ByRegion(Func<string, IReadOnlyList<(double At, double Value)>> line) =>
        [.. LongRunOptions.Regions.Select(line)];

    private void Panel(string title, IReadOnlyList<IReadOnlyList<(double At, double Value)>> lines)
    {
        var (left, top) = ((_panels % Columns * PanelWidth) + 40, (_panels / Columns * PanelHeight) + 20);
        var (wide, high) = (PanelWidth - 56, PanelHeight - 40);
        _panels++;
        var last = Math.Max(1, samples.Count == 0 ? 1 : samples[^1].AtSeconds);
        var most = Math.Max(1e-3, lines.SelectMany(l => l).Select(p => p.Value).DefaultIfEmpty(1).Max());
        Write($"<text x=\"{left}\" y=\"{top - 5}\">{title}</text><rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{high}\" fill=\"none\" stroke=\"#cccccc\"/>");
        Write($"<text x=\"{left - 4}\" y=\"{top + 9}\" text-anchor=\"end\">{most:0.#}</text><text x=\"{left - 4}\" y=\"{top + high}\" text-anchor=\"end\">0</text>");
        Write($"<text x=\"{left + wide}\" y=\"{top + high + 12}\" text-anchor=\"end\">{last / 60:0} min</text>");
        foreach (var kill in kills) Write($"<path d=\"M{left + (kill.AtSeconds / last * wide):0.#} {top + high}v-6\" stroke=\"#999999\"/>");
        for (var i = 0; i < lines.Count; i++)
        {
            var points = string.Join(' ', lines[i].Select(p => string.Create(CultureInfo.InvariantCulture, $"{left + (p.At / last * wide):0.#},{top + high - (p.Value / most * high):0.#}")));
            Write($"<polyline fill=\"none\" stroke=\"{Colours[i % Colours.Length]}\" points=\"{points}\"/>");
        }
    }

    private void Write(FormattableString text) => _svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
