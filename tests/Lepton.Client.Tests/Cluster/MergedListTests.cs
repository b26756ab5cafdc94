using System.Collections.Immutable;
using CsCheck;
using Lepton.Client.Cluster;
using Lepton.Client.Wire;
using Lepton.Model;

namespace Lepton.Client.Tests.Cluster;

public sealed class MergedListTests
{
    private static readonly ImmutableArray<RegionId> Regions = [new("a"), new("b"), new("c")];

    /// <summary>Lists of numbers, largest first, in pages of a size of their own.</summary>
    private sealed class Lists(int[][] lists, int pageSize)
    {
        public HashSet<string> Down { get; } = [];

        public MergedList<int> Merged() => new(Read, n => DateTimeOffset.UnixEpoch.AddSeconds(n));

        private Task<Page<int>> Read(RegionId region, int limit, string? cursor, CancellationToken cancel)
        {
            if (Down.Contains(region.Value)) throw LeptonException.Of(ProblemCodes.RegionUnreachable, $"{region} is away");
            var all = lists[Regions.IndexOf(region)];
            var skip = int.Parse(cursor ?? "0", System.Globalization.CultureInfo.InvariantCulture);
            var items = all.Skip(skip).Take(Math.Min(limit, pageSize)).ToImmutableArray();
            var next = skip + items.Length < all.Length ? $"{skip + items.Length}" : null;
            return Task.FromResult(new Page<int> { Items = items, NextCursor = next, Total = all.Length, Truncated = next is not null });
        }
    }

    private static async Task<List<Page<int>>> AllPages(Lists lists, int limit)
    {
        var pages = new List<Page<int>>();
        string? cursor = null;
        do
        {
            pages.Add(await lists.Merged().Read(Regions, limit, cursor, default));
            cursor = pages[^1].NextCursor;
        }
        while (cursor is not null && pages.Count < 1000);
        return pages;
    }

    [Fact]
    public async Task Shows_everything_once_and_in_order_whatever_the_pages()
    {
        var list = Gen.Int[0, 1000].HashSet[0, 30].Select(s => s.OrderDescending().ToArray());
        await Gen.Select(Gen.Select(list, list, list), Gen.Int[1, 9], Gen.Int[1, 12]).SampleAsync(async (l, pageSize, limit) =>
        {
            int[][] lists = [l.Item1, l.Item2, l.Item3];
            var pages = await AllPages(new Lists(lists, pageSize), limit);
            var expected = lists.SelectMany(x => x).OrderDescending().ToArray();
            Assert.Equal(expected, pages.SelectMany(p => p.Items));
            Assert.All(pages, p => Assert.Equal(expected.Length, p.Total));
            Assert.All(pages.SkipLast(1), p => Assert.True(p.Items.Length == limit && p.Truncated));
        }, iter: 200);
    }

    [Fact]
    public async Task Names_a_region_that_is_away_and_takes_it_in_again_later()
    {
        var lists = new Lists([[9, 7, 5, 3], [8, 6], []], 500);
        lists.Down.Add("b");
        var first = await lists.Merged().Read(Regions, 2, null, default);
        Assert.Equal([9, 7], first.Items);
        Assert.Equal(("b", 4L, true), (first.Missing!.Value.Single().Region, first.Total, first.Truncated));
        lists.Down.Clear();
        var second = await lists.Merged().Read(Regions, 9, first.NextCursor, default);
        Assert.Equal([8, 6, 5, 3], second.Items);
        Assert.Null(second.Missing);
    }

    [Fact]
    public async Task Fails_only_when_nobody_answers()
    {
        var lists = new Lists([[1], [2], [3]], 500);
        lists.Down.UnionWith(["a", "b", "c"]);
        var failed = await Assert.ThrowsAsync<LeptonException>(() => lists.Merged().Read(Regions, 5, null, default));
        Assert.Equal(ProblemCodes.RegionUnreachable, failed.Code);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("bWFyczowOjow")]
    [InlineData("YTpiOmM6ZA")]
    public async Task Refuses_a_cursor_of_another_list(string cursor)
    {
        var failed = await Assert.ThrowsAsync<LeptonException>(() => new Lists([[], [], []], 5).Merged().Read(Regions, 5, cursor, default));
        Assert.Equal(ProblemCodes.BadParameter, failed.Code);
    }
}
