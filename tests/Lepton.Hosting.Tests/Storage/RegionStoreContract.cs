using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting.Tests;

/// <summary>What every region store must do, whatever it is made of.</summary>
public abstract class RegionStoreContract
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An empty store.</summary>
    protected abstract IRegionStore Store { get; }

    /// <summary>The same store after its process ended and began again.</summary>
    protected abstract Task<IRegionStore> Reopen();

    [Fact]
    public async Task An_absent_key_reads_as_null() => Assert.Null(await Store.Read("task/none", Cancel));

    [Fact]
    public async Task Reads_back_what_was_written_with_its_etag()
    {
        var etags = await Store.Write([Some.New(Some.Task(0, owes: true))], Cancel);

        var read = await Store.Read(Some.TaskKey(0), Cancel);

        Assert.NotNull(read);
        Assert.Equal(Some.TaskKey(0), read.Key);
        Assert.Equal(etags![0], read.ETag);
        Assert.True(read.ETag > 0);
        Deep.Equal(Some.Task(0, owes: true), read.Value);
    }

    [Fact]
    public async Task An_empty_batch_writes_nothing_and_succeeds() => Assert.Empty((await Store.Write([], Cancel))!);

    [Fact]
    public async Task Refuses_to_create_a_key_that_exists()
    {
        await Store.Write([Some.New(Some.Task(0))], Cancel);

        Assert.Null(await Store.Write([Some.New(Some.Task(0, TaskPhase.Failed))], Cancel));

        Deep.Equal(Some.Task(0), (await Store.Read(Some.TaskKey(0), Cancel))!.Value);
    }

    [Fact]
    public async Task Refuses_to_update_a_key_that_is_absent() =>
        Assert.Null(await Store.Write([Some.Over(1, Some.Task(0))], Cancel));

    [Fact]
    public async Task Refuses_an_older_etag_and_takes_the_newest()
    {
        var first = (await Store.Write([Some.New(Some.Task(0))], Cancel))![0];
        var second = (await Store.Write([Some.Over(first, Some.Task(0, TaskPhase.Stopping))], Cancel))![0];

        Assert.True(second > first);
        Assert.Null(await Store.Write([Some.Over(first, Some.Task(0, TaskPhase.Failed))], Cancel));
        Assert.NotNull(await Store.Write([Some.Over(second, Some.Task(0, TaskPhase.Succeeded))], Cancel));
    }

    [Fact]
    public async Task A_conflict_in_a_batch_leaves_nothing_of_the_batch()
    {
        await Store.Write([Some.New(Some.Task(1))], Cancel);

        Assert.Null(await Store.Write([Some.New(Some.Task(0)), Some.New(Some.Task(1)), Some.New(Some.Task(2))], Cancel));

        Assert.Null(await Store.Read(Some.TaskKey(0), Cancel));
        Assert.Null(await Store.Read(Some.TaskKey(2), Cancel));
    }

    [Fact]
    public async Task A_batch_gives_etags_in_the_order_of_its_writes_and_zero_for_a_delete()
    {
        var old = (await Store.Write([Some.New(Some.Task(7))], Cancel))![0];

        var etags = await Store.Write([Some.New(Some.Task(3)), Some.Delete(Some.TaskKey(7), old), Some.New(Some.Node())], Cancel);

        Assert.Equal(3, etags!.Length);
        Assert.Equal(etags[0], (await Store.Read(Some.TaskKey(3), Cancel))!.ETag);
        Assert.Equal(0, etags[1]);
        Assert.Equal(etags[2], (await Store.Read("node/us-east/n01", Cancel))!.ETag);
    }

    [Fact]
    public async Task Deletes_only_under_the_current_etag()
    {
        var etag = (await Store.Write([Some.New(Some.Task(0))], Cancel))![0];

        Assert.Null(await Store.Write([Some.Delete(Some.TaskKey(0), etag + 1)], Cancel));
        Assert.NotNull(await Store.Read(Some.TaskKey(0), Cancel));

        var deleted = await Store.Write([Some.Delete(Some.TaskKey(0), etag)], Cancel);
        Assert.Equal(0, Assert.Single(deleted!));
        Assert.Null(await Store.Read(Some.TaskKey(0), Cancel));
    }

    [Fact]
    public async Task A_key_written_again_after_a_delete_never_has_an_old_etag()
    {
        var first = (await Store.Write([Some.New(Some.Task(0))], Cancel))![0];
        await Store.Write([Some.Delete(Some.TaskKey(0), first)], Cancel);

        var again = (await Store.Write([Some.New(Some.Task(0))], Cancel))![0];

        Assert.True(again > first);
        Assert.Null(await Store.Write([Some.Over(first, Some.Task(0))], Cancel));
    }

    [Fact]
    public async Task Refuses_a_batch_with_a_key_twice() =>
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await Store.Write([Some.New(Some.Task(0)), Some.New(Some.Task(0))], Cancel));

    [Fact]
    public async Task Scans_a_prefix_in_key_order_and_nothing_else()
    {
        await Store.Write(
            [
                Some.New(Some.Task(10)), Some.New(Some.Task(2)), Some.New(Some.Task(1)), Some.New(Some.Task(0, job: "j10")),
                Some.New(Some.Node()),
            ],
            Cancel);

        var keys = (await Store.Scan(new RowScan(TaskRow.PrefixOf(Some.Job()), false), Cancel).ToList()).ConvertAll(r => r.Key);

        Assert.Equal([Some.TaskKey(1), Some.TaskKey(2), Some.TaskKey(10)], keys);
    }

    [Fact]
    public async Task Scans_everything_with_an_empty_prefix()
    {
        await Store.Write([Some.New(Some.Task(1)), Some.New(Some.Node())], Cancel);

        Assert.Equal(2, (await Store.Scan(new RowScan("", false), Cancel).ToList()).Count);
    }

    [Fact]
    public async Task Scans_only_live_rows_when_asked()
    {
        await Store.Write(
            [Some.New(Some.Task(0)), Some.New(Some.Task(1, TaskPhase.Succeeded)), Some.New(Some.Task(2, TaskPhase.Leased))], Cancel);

        var keys = (await Store.Scan(new RowScan("task/", true), Cancel).ToList()).ConvertAll(r => r.Key);

        Assert.Equal([Some.TaskKey(0), Some.TaskKey(2)], keys);
    }

    [Fact]
    public async Task Scans_more_rows_than_any_inner_page()
    {
        await Store.Write([.. Enumerable.Range(0, 2_500).Select(i => Some.New(Some.Task(i)))], Cancel);

        var keys = (await Store.Scan(new RowScan("task/", false), Cancel).ToList()).ConvertAll(r => r.Key);

        Assert.Equal(Enumerable.Range(0, 2_500).Select(i => Some.TaskKey(i)), keys);
    }

    [Fact]
    public async Task A_live_row_that_ended_leaves_the_live_scan()
    {
        var etag = (await Store.Write([Some.New(Some.Task(0))], Cancel))![0];
        await Store.Write([Some.Over(etag, Some.Task(0, TaskPhase.Failed))], Cancel);

        Assert.Empty(await Store.Scan(new RowScan("task/", true), Cancel).ToList());
    }

    [Theory]
    [InlineData("task/")]
    [InlineData("task/us-east.j1/")]
    [InlineData("ta")]
    [InlineData("")]
    public async Task Lists_newest_first_in_pages_with_the_total(string prefix)
    {
        await Store.Write([.. Enumerable.Range(0, 25).Select(i => Some.New(Some.Task(i, at: Some.Noon.AddMinutes(i / 2))))], Cancel);

        var seen = new List<string>();
        string? cursor = null;
        var pages = 0;
        do
        {
            var page = await Store.List(new RowList(prefix, [], null, false, 10, cursor), Cancel);
            Assert.Equal(25, page.Total);
            seen.AddRange(page.Records.Select(r => r.Key));
            cursor = page.Next;
            pages++;
        }
        while (cursor is not null);

        var expected = Enumerable.Range(0, 25).OrderByDescending(i => i / 2).ThenBy(i => i).Select(i => Some.TaskKey(i));
        Assert.Equal(expected, seen);
        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task A_page_that_takes_the_last_row_has_no_cursor()
    {
        await Store.Write([Some.New(Some.Task(0)), Some.New(Some.Task(1))], Cancel);

        var page = await Store.List(new RowList("task/", [], null, false, 2, null), Cancel);

        Assert.Equal(2, page.Records.Count);
        Assert.Null(page.Next);
    }

    [Theory]
    [InlineData("task/")]
    [InlineData("task/us-east.j1/")]
    public async Task Rows_that_arrive_between_two_pages_move_nothing(string prefix)
    {
        await Store.Write([.. Enumerable.Range(0, 6).Select(i => Some.New(Some.Task(i, at: Some.Noon.AddMinutes(i))))], Cancel);
        var first = await Store.List(new RowList(prefix, [], null, false, 3, null), Cancel);

        await Store.Write([Some.New(Some.Task(50, at: Some.Noon.AddHours(1)))], Cancel);
        var second = await Store.List(new RowList(prefix, [], null, false, 3, first.Next), Cancel);

        Assert.Equal([Some.TaskKey(5), Some.TaskKey(4), Some.TaskKey(3)], first.Records.Select(r => r.Key));
        Assert.Equal([Some.TaskKey(2), Some.TaskKey(1), Some.TaskKey(0)], second.Records.Select(r => r.Key));
        Assert.Equal(7, second.Total);
    }

    [Theory]
    [InlineData("task/")]
    [InlineData("task/us-east.j1/")]
    public async Task Lists_by_phase_name_and_liveness(string prefix)
    {
        await Store.Write(
            [
                Some.New(Some.Task(0)), Some.New(Some.Task(1, TaskPhase.Failed)), Some.New(Some.Task(2, TaskPhase.Succeeded)),
                Some.New(Some.Task(3, name: "eval")), Some.New(Some.Task(4, TaskPhase.Failed, name: "eval's")),
            ],
            Cancel);

        await Holds([1, 4], new RowList(prefix, ["Failed"], null, false, 10, null));
        await Holds([1, 2, 4], new RowList(prefix, ["Failed", "Succeeded"], null, false, 10, null));
        await Holds([3], new RowList(prefix, [], "eval", false, 10, null));
        await Holds([4], new RowList(prefix, [], "eval's", false, 10, null));
        await Holds([0, 3], new RowList(prefix, [], null, true, 10, null));
        await Holds([0], new RowList(prefix, ["Running"], "train", true, 10, null));
        await Holds([], new RowList(prefix, ["Rejected"], null, false, 10, null));
    }

    [Theory]
    [InlineData("task/")]
    [InlineData("task/us-east.j1/")]
    public async Task Lists_only_rows_before_a_time(string prefix)
    {
        await Store.Write([.. Enumerable.Range(0, 5).Select(i => Some.New(Some.Task(i, at: Some.Noon.AddDays(i))))], Cancel);

        await Holds([0, 1], new RowList(prefix, [], null, false, 10, null, Some.Noon.AddDays(2)));
        await Holds([0, 1, 2], new RowList(prefix, [], null, false, 10, null, Some.Noon.AddDays(2).AddTicks(1)));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("%%%")]
    [InlineData("")]
    public async Task Refuses_a_cursor_that_is_none(string cursor)
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(
            async () => await Store.List(new RowList("task/", [], null, false, 10, cursor), Cancel));

        Assert.Contains("Maybe", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10_001)]
    public async Task Refuses_a_page_size_out_of_range(int limit) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await Store.List(new RowList("task/", [], null, false, limit, null), Cancel));

    [Fact]
    public async Task Names_every_key_that_owes()
    {
        var etags = await Store.Write(
            [Some.New(Some.Task(0, owes: true)), Some.New(Some.Task(1)), Some.New(Some.Task(2, TaskPhase.Failed, owes: true))], Cancel);
        Assert.Equal([new(Some.TaskKey(0), etags![0]), new(Some.TaskKey(2), etags[2])], await Store.ScanOwing(0, Cancel).ToList());

        await Store.Write([Some.Over(etags[0], Some.Task(0))], Cancel);

        Assert.Equal([new(Some.TaskKey(2), etags[2])], await Store.ScanOwing(0, Cancel).ToList());
    }

    [Fact]
    public async Task Names_who_owes_in_the_order_of_the_writes_and_only_behind_what_was_seen()
    {
        var etags = await Store.Write([.. Enumerable.Range(0, 1200).Select(i => Some.New(Some.Task(i, owes: true)))], Cancel);
        var again = await Store.Write([Some.Over(etags![7], Some.Task(7, owes: true))], Cancel);

        var all = await Store.ScanOwing(0, Cancel).ToList();

        Assert.Equal(1200, all.Count);
        Assert.Equal(all.Select(r => r.ETag).Order(), all.Select(r => r.ETag));
        Assert.Equal(new OwingRow(Some.TaskKey(7), again![0]), all[^1]);
        Assert.Equal([all[^1]], await Store.ScanOwing(etags[^1], Cancel).ToList());
        Assert.Empty(await Store.ScanOwing(again[0], Cancel).ToList());
    }

    [Fact]
    public async Task Purges_the_oldest_ended_rows_up_to_the_limit()
    {
        await Store.Write([.. Enumerable.Range(0, 5).Select(i => Some.New(Some.Task(i, TaskPhase.Succeeded, Some.Noon.AddDays(-i))))], Cancel);

        Assert.Equal(2, await Store.Purge("task/", Some.Noon.AddDays(-1), 2, Cancel));
        await Holds([0, 1, 2], new RowList("task/", [], null, false, 10, null));
        Assert.Equal(1, await Store.Purge("task/", Some.Noon.AddDays(-1), 10, Cancel));
        Assert.Equal(0, await Store.Purge("task/", Some.Noon.AddDays(-1), 10, Cancel));
        await Holds([0, 1], new RowList("task/", [], null, false, 10, null));
    }

    [Fact]
    public async Task Never_purges_what_is_live_or_owes_or_lies_elsewhere()
    {
        await Store.Write(
            [
                Some.New(Some.Task(0)), Some.New(Some.Task(1, TaskPhase.Failed, owes: true)), Some.New(Some.Task(2, TaskPhase.Failed, job: "j2")),
                Some.New(Some.Node()),
            ],
            Cancel);

        Assert.Equal(0, await Store.Purge("task/us-east.j1/", Some.Noon.AddDays(1), 10, Cancel));
        Assert.Equal(0, await Store.Purge("guest/", Some.Noon.AddDays(1), 10, Cancel));
        Assert.Equal(1, await Store.Purge("task/", Some.Noon.AddDays(1), 10, Cancel));
    }

    [Fact]
    public async Task Of_many_writers_to_one_key_exactly_one_wins_each_round()
    {
        var etag = (await Store.Write([Some.New(Some.Node())], Cancel))![0];
        for (var round = 0; round < 20; round++)
        {
            var expected = etag;
            var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(writer => Task.Run(
                async () => await Store.Write([Some.Over(expected, Some.Node(epoch: writer))], Cancel), Cancel)));
            etag = Assert.Single(results, r => r is not null)![0];
        }

        Assert.Equal(etag, (await Store.Read("node/us-east/n01", Cancel))!.ETag);
    }

    [Fact]
    public async Task Sixty_four_writers_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 64).Select(writer => Task.Run(
            async () =>
            {
                var etag = 0L;
                for (var i = 0; i < 25; i++)
                {
                    var etags = await Store.Write(
                        [Some.Over(etag, Some.Node($"n{writer}", i)), Some.New(Some.Task((writer * 100) + i))], Cancel);
                    etag = etags![0];
                    Assert.Equal(i, ((NodeRow)(await Store.Read($"node/us-east/n{writer}", Cancel))!.Value.Row).Epoch.Value);
                }
            },
            Cancel)));

        Assert.Equal(1_600, (await Store.List(new RowList("task/", [], null, false, 1, null), Cancel)).Total);
        Assert.Equal(64, (await Store.Scan(new RowScan("node/", true), Cancel).ToList()).Count);
    }

    [Fact]
    public async Task Keeps_everything_when_it_is_opened_again()
    {
        var etags = await Store.Write([Some.New(Some.Task(0, owes: true)), Some.New(Some.Task(1, TaskPhase.Failed))], Cancel);
        await Store.Write([Some.Delete(Some.TaskKey(1), etags![1])], Cancel);

        var again = await Reopen();

        var read = await again.Read(Some.TaskKey(0), Cancel);
        Assert.Equal(etags[0], read!.ETag);
        Deep.Equal(Some.Task(0, owes: true), read.Value);
        Assert.Null(await again.Read(Some.TaskKey(1), Cancel));
        Assert.Equal([new(Some.TaskKey(0), etags[0])], await again.ScanOwing(0, Cancel).ToList());
        Assert.True((await again.Write([Some.New(Some.Task(1))], Cancel))![0] > etags[1]);
    }

    [Fact]
    public async Task A_cancelled_call_says_so()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.Write([Some.New(Some.Task(0))], cancelled.Token));
        Assert.Null(await Store.Read(Some.TaskKey(0), Cancel));
    }

    private async Task Holds(int[] indexes, RowList list)
    {
        var page = await Store.List(list, Cancel);
        Assert.Equal(page.Total, page.Records.Count);
        Assert.Equal(indexes, page.Records.Select(r => ((TaskRow)r.Value.Row).Task.Index).Order());
    }
}
