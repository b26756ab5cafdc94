using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Lepton.Client.Wire;
using Lepton.Model;

namespace Lepton.Client.Cluster;

/// <summary>
/// One list out of the lists of several regions, newest first. The cursor keeps, for each region, its own cursor and how many entries of the
/// page behind it were shown. A region that does not answer is named; the next page asks it again.
/// </summary>
internal sealed class MergedList<T>(
    Func<RegionId, int, string?, CancellationToken, Task<Page<T>>> read,
    Func<T, DateTimeOffset> newest)
{
    private sealed class Source(RegionId region, string? cursor, int shown, long total)
    {
        public RegionId Region => region;

        public string? Cursor { get; set; } = cursor;

        /// <summary>Entries shown of the page behind the cursor; -1 = there is no more.</summary>
        public int Shown { get; set; } = shown;

        /// <summary>How many match there, by its last answer.</summary>
        public long Total { get; set; } = total;

        public Page<T>? Page { get; set; }

        public LeptonException? Failure { get; set; }

        public bool HasNext => Page is not null && Shown < Page.Items.Length;

        public bool HasMore => HasNext || Page?.NextCursor is not null;
    }

    /// <exception cref="LeptonException">The cursor is none of this list, or no region answers at all.</exception>
    public async Task<Page<T>> Read(IReadOnlyList<RegionId> regions, int limit, string? cursor, CancellationToken cancel)
    {
        var sources = Parse(regions, cursor);
        await Task.WhenAll(sources.Where(s => s.Shown >= 0).Select(s => Fetch(s, limit, cancel)));
        var failed = sources.Where(s => s.Failure is not null).ToList();
        if (failed.Count > 0 && sources.All(s => s.Page is null)) throw failed[0].Failure!;

        var items = ImmutableArray.CreateBuilder<T>(limit);
        while (items.Count < limit)
        {
            foreach (var empty in sources.Where(s => !s.HasNext && s.HasMore)) await Next(empty, limit, cancel);
            var best = sources.Where(s => s.HasNext).MaxBy(s => newest(s.Page!.Items[s.Shown]));
            if (best is null) break;
            items.Add(best.Page!.Items[best.Shown++]);
        }

        var missing = sources.Where(s => s.Failure is not null).Select(s => new MissingRegion { Region = s.Region.Value, Why = s.Failure!.Message }).ToImmutableArray();
        var total = sources.Where(s => s.Failure is null).Sum(s => s.Total);
        return new Page<T>
        {
            Items = items.ToImmutable(),
            NextCursor = sources.Any(s => s.HasMore) ? Write(sources) : null,
            Total = total,
            Truncated = items.Count < total || missing.Length > 0,
            Missing = missing.IsEmpty ? null : missing,
        };
    }

    private async Task Fetch(Source source, int limit, CancellationToken cancel)
    {
        try
        {
            source.Page = await read(source.Region, Math.Min(ListLimits.Longest, source.Shown + limit), source.Cursor, cancel);
            source.Total = source.Page.Total;
        }
        catch (LeptonException e) when (ProblemCodes.IsTransient(e.Code))
        {
            source.Failure = e;
        }
    }

    private async Task Next(Source source, int limit, CancellationToken cancel)
    {
        (source.Cursor, source.Shown) = (source.Page!.NextCursor, 0);
        source.Page = null;
        await Fetch(source, limit, cancel);
    }

    private static string Write(List<Source> sources)
    {
        var parts = sources.Select(s =>
        {
            var shown = s.Failure is null && !s.HasMore ? -1 : s.Shown;
            var own = s.Cursor is null ? "" : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(s.Cursor));
            return string.Create(CultureInfo.InvariantCulture, $"{s.Region}:{shown}:{own}:{s.Total}");
        });
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join(',', parts)));
    }

    private static List<Source> Parse(IReadOnlyList<RegionId> regions, string? cursor)
    {
        if (cursor is null) return [.. regions.Select(r => new Source(r, null, 0, 0))];
        try
        {
            var sources = new List<Source>();
            foreach (var part in Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(','))
            {
                var fields = part.Split(':');
                var own = fields[2].Length == 0 ? null : Encoding.UTF8.GetString(Base64Url.DecodeFromChars(fields[2]));
                var shown = int.Parse(fields[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                var total = long.Parse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture);
                if (regions.Contains(new RegionId(fields[0])) && shown is >= -1 and <= ListLimits.Longest) sources.Add(new Source(new RegionId(fields[0]), own, shown, total));
            }

            if (sources.Count > 0) return sources;
        }
        catch (Exception e) when (e is FormatException or OverflowException or IndexOutOfRangeException)
        {
            // Told below, in the words of the list.
        }

        throw LeptonException.Of(ProblemCodes.BadParameter, $"cursor '{cursor}' is none of this list.", "Begin again without a cursor, and change no filter between pages.");
    }
}
