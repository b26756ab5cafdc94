using System.Collections.Immutable;
using System.Text.Json;
using Lepton.Model;

namespace Lepton.Agent.Attempts;

/// <summary>
/// Follows the figures a task reports, one JSON line each: <c>{"name":"loss","value":0.25,"step":40}</c>. Keeps the last value of each
/// name; a line that is none is passed over, so that a task is not ended by its own chatter.
/// </summary>
internal sealed class MetricsFile(string path)
{
    /// <summary>Names beyond these are not kept: the values travel in every heartbeat.</summary>
    public const int NamesAtMost = 64;

    private const int NameLengthAtMost = 100;
    private const int ReadAtMost = 256 * 1024;

    private readonly SortedDictionary<string, MetricValue> _last = new(StringComparer.Ordinal);
    private long _position;

    public ImmutableArray<MetricValue> Values => [.. _last.Values];

    /// <summary>Takes in what was written since the last call. True when a value changed.</summary>
    public bool Read()
    {
        if (!File.Exists(path)) return false;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (file.Length < _position) _position = 0;      // written anew
        if (file.Length == _position) return false;
        var buffer = new byte[Math.Min(file.Length - _position, ReadAtMost)];
        var changed = false;
        while (true)
        {
            file.Position = _position;
            var read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            var whole = buffer.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
            if (whole == 0)
            {
                if (read == ReadAtMost) _position += read;      // a line that long is none
                return changed;
            }
            foreach (var line in buffer.AsSpan(0, whole).Split((byte)'\n')) changed |= Take(buffer.AsMemory(line));
            _position += whole;
        }
    }

    private bool Take(ReadOnlyMemory<byte> line)
    {
        if (line.IsEmpty) return false;
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return false;
            if (!root.TryGetProperty("name", out var named) || named.ValueKind != JsonValueKind.String) return false;
            if (!root.TryGetProperty("value", out var valued) || !valued.TryGetDouble(out var value)) return false;
            var step = root.TryGetProperty("step", out var stepped) && stepped.ValueKind == JsonValueKind.Number && stepped.TryGetInt64(out var at) ? at : 0;
            var name = named.GetString()!;
            if (name.Length is 0 or > NameLengthAtMost || (!_last.ContainsKey(name) && _last.Count >= NamesAtMost)) return false;
            _last[name] = new MetricValue(name, value, step);
            return true;
        }
        catch (Exception notOne) when (notOne is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
