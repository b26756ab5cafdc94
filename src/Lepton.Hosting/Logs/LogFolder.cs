using System.Globalization;
using Lepton.Contracts;

namespace Lepton.Hosting;

/// <summary>
/// The log of one attempt in a folder: segments named by the offset of their first byte, and an empty file <c>complete</c> at the end.
/// Nothing is remembered between calls: the folder is the truth.
/// </summary>
internal sealed class LogFolder(string path)
{
    private const string Extension = ".seg";
    private const string CompleteMark = "complete";

    private string CompletePath => Path.Combine(path, CompleteMark);

    public LogExtent? Extent() => Directory.Exists(path) ? ExtentOf(Segments()) : null;

    public long Append(long offset, ReadOnlySpan<byte> bytes, LogOptions options)
    {
        Directory.CreateDirectory(path);
        var segments = Segments();
        var extent = ExtentOf(segments);
        if (offset > extent.Length) return extent.Length;                   // a gap: the caller goes on from the length
        var known = (int)Math.Min(extent.Length - offset, bytes.Length);    // an overlap: written before
        var rest = bytes[known..];
        if (rest.IsEmpty) return extent.Length;
        if (extent.Complete) throw new InvalidOperationException($"The log in '{path}' is complete at {extent.Length} bytes; nothing can follow.");

        var length = extent.Length;
        while (!rest.IsEmpty)
        {
            if (segments.Count == 0 || segments[^1].Length >= options.SegmentBytes) segments.Add(new Segment(length, 0));
            var last = segments[^1];
            var part = rest[..(int)Math.Min(rest.Length, options.SegmentBytes - last.Length)];
            using (var file = new FileStream(PathOf(last.Start), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0))
            {
                file.Position = last.Length;
                file.Write(part);
            }

            segments[^1] = last with { Length = last.Length + part.Length };
            length += part.Length;
            rest = rest[part.Length..];
        }

        while (segments.Count > 1 && length - segments[0].Start > options.MaxBytesPerAttempt)
        {
            File.Delete(PathOf(segments[0].Start));
            segments.RemoveAt(0);
        }

        return length;
    }

    public LogChunk Read(long offset, int limit)
    {
        if (!Directory.Exists(path)) return new LogChunk(0, ReadOnlyMemory<byte>.Empty, new LogExtent(0, 0, false));
        var segments = Segments();
        var extent = ExtentOf(segments);
        var start = Math.Clamp(offset, extent.First, extent.Length);
        var bytes = new byte[Math.Min(limit, extent.Length - start)];
        var filled = 0;
        foreach (var segment in segments)
        {
            if (filled == bytes.Length) break;
            if (segment.Start + segment.Length <= start + filled) continue;
            using var file = new FileStream(PathOf(segment.Start), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
            file.Position = start + filled - segment.Start;
            var count = (int)Math.Min(bytes.Length - filled, segment.Start + segment.Length - (start + filled));
            filled += file.ReadAtLeast(bytes.AsSpan(filled, count), count, throwOnEndOfStream: false);
        }

        return new LogChunk(start, bytes.AsMemory(0, filled), extent);
    }

    public void Complete()
    {
        Directory.CreateDirectory(path);
        File.WriteAllBytes(CompletePath, []);
    }

    private LogExtent ExtentOf(List<Segment> segments) => new(
        segments.Count == 0 ? 0 : segments[0].Start,
        segments.Count == 0 ? 0 : segments[^1].Start + segments[^1].Length,
        File.Exists(CompletePath));

    private string PathOf(long start) => Path.Combine(path, start.ToString("D15", CultureInfo.InvariantCulture) + Extension);

    private List<Segment> Segments()
    {
        var segments = new List<Segment>();
        foreach (var file in new DirectoryInfo(path).EnumerateFiles("*" + Extension))
        {
            var name = Path.GetFileNameWithoutExtension(file.Name);
            if (long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var start)) segments.Add(new Segment(start, file.Length));
        }

        segments.Sort((a, b) => a.Start.CompareTo(b.Start));
        return segments;
    }

    private readonly record struct Segment(long Start, long Length);
}
