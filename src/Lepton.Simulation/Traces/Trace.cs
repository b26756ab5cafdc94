using System.Globalization;
using Lepton.Model;
using Lepton.Simulation.World;

namespace Lepton.Simulation.Traces;

/// <summary>
/// Everything that happened in a run, in order, and its hash. Lines are kept as what they are about and become text only when somebody reads them.
/// </summary>
internal sealed class Trace(EventQueue queue)
{
    /// <summary>Lines kept for the report; older ones count in the hash only.</summary>
    private const int Kept = 1 << 16;

    private readonly List<Entry> _entries = [];
    private int _oldest;

    /// <summary>FNV-1a over time, kind, who, and what of each line: equal for equal runs.</summary>
    public ulong Hash { get; private set; } = Digest.Start;

    public void Add(TraceKind kind, object who, object? other = null, object? what = null)
    {
        var hash = Digest.Mix(Hash, (ulong)queue.Now);
        hash = Digest.Mix(hash, (ulong)kind);
        hash = Digest.Of(hash, who);
        if (other is not null) hash = Digest.Of(hash, other);
        if (what is not null) hash = Digest.Of(hash, what);
        Hash = hash;
        var entry = new Entry(queue.Now, queue.Steps, kind, who, other, what);
        if (_entries.Count < Kept)
        {
            _entries.Add(entry);
        }
        else
        {
            _entries[_oldest] = entry;
            _oldest = (_oldest + 1) % Kept;
        }
    }

    /// <summary>The last lines that name one of the entities; all lines when none is named.</summary>
    public IReadOnlyList<string> Last(int lines, IReadOnlyCollection<string> entities)
    {
        var found = new List<string>();
        for (var back = 1; back <= _entries.Count && found.Count < lines; back++)
        {
            var text = _entries[(_oldest + _entries.Count - back) % _entries.Count].ToString();
            if (entities.Count == 0 || entities.Any(entity => text.Contains(entity, StringComparison.Ordinal))) found.Add(text);
        }

        found.Reverse();
        return found;
    }

    private readonly record struct Entry(long At, long Step, TraceKind Kind, object Who, object? Other, object? What)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{At / (double)TimeSpan.TicksPerSecond,10:0.0000}s #{Step,-6} {Kind,-15} {Who}{(Other is null ? "" : $" -> {Other}")}{(What is null ? "" : $": {Wording.Of(What)}")}");
    }
}
