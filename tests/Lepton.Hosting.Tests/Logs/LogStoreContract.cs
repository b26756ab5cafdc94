using System.Text;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting.Tests;

/// <summary>What every log store must do, near or over the wire. Segments of 1 KiB, 4 KiB an attempt.</summary>
public abstract class LogStoreContract
{
    protected static readonly AttemptId Attempt = new(new TaskId(new JobId(Some.Region, "01jdx7k9"), 17), 2);

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected static LogOptions Small(string root) => new() { Root = root, SegmentBytes = 1024, MaxBytesPerAttempt = 4096 };

    protected abstract ILogStore Logs { get; }

    [Fact]
    public async Task A_log_that_has_not_begun_is_empty()
    {
        Assert.Null(await Logs.Extent(Attempt, Cancel));

        var chunk = await Logs.Read(Attempt, 0, 100, Cancel);

        Assert.Equal(0, chunk.Bytes.Length);
        Assert.Equal(new LogExtent(0, 0, false), chunk.Extent);
    }

    [Fact]
    public async Task Gives_back_what_was_appended()
    {
        Assert.Equal(5, await Append(0, "hello"));
        Assert.Equal(11, await Append(5, " world"));

        Assert.Equal("hello world", await Text(0));
        Assert.Equal("world", await Text(6));
        Assert.Equal(new LogExtent(0, 11, false), await Logs.Extent(Attempt, Cancel));
    }

    [Fact]
    public async Task A_repeat_changes_nothing_and_an_overlap_adds_what_is_new()
    {
        await Append(0, "hello");

        Assert.Equal(5, await Append(0, "hello"));
        Assert.Equal(5, await Append(2, "ll"));
        Assert.Equal(8, await Append(3, "lo you"[..5]));

        Assert.Equal("hello yo", await Text(0));
    }

    [Fact]
    public async Task After_a_gap_nothing_is_written_and_the_length_says_where_to_go_on()
    {
        await Append(0, "hello");

        Assert.Equal(5, await Append(9, "late"));

        Assert.Equal("hello", await Text(0));
    }

    [Fact]
    public async Task Reading_at_the_end_or_beyond_is_empty_at_the_length()
    {
        await Append(0, "hello");

        Assert.Equal(0, (await Logs.Read(Attempt, 5, 10, Cancel)).Bytes.Length);
        var beyond = await Logs.Read(Attempt, 500, 10, Cancel);
        Assert.Equal(5, beyond.Offset);
        Assert.Equal(0, beyond.Bytes.Length);
    }

    [Fact]
    public async Task Reads_across_segments_up_to_the_limit()
    {
        var bytes = Stores.Noise(3000);
        await Logs.Append(Attempt, 0, bytes, Cancel);

        var chunk = await Logs.Read(Attempt, 500, 2000, Cancel);

        Assert.Equal(500, chunk.Offset);
        Assert.Equal(bytes[500..2500], chunk.Bytes.ToArray());
    }

    [Fact]
    public async Task Drops_the_oldest_segments_beyond_the_limit_and_reading_starts_at_the_first_kept_byte()
    {
        var bytes = Stores.Noise(10_000);
        for (var at = 0; at < bytes.Length; at += 700)
        {
            await Logs.Append(Attempt, at, bytes.AsMemory(at, Math.Min(700, bytes.Length - at)), Cancel);
        }

        var extent = (await Logs.Extent(Attempt, Cancel))!;
        Assert.Equal(10_000, extent.Length);
        Assert.InRange(extent.Length - extent.First, 3072, 4096);
        var chunk = await Logs.Read(Attempt, 0, 100_000, Cancel);
        Assert.Equal(extent.First, chunk.Offset);
        Assert.Equal(bytes[(int)extent.First..], chunk.Bytes.ToArray());
    }

    [Fact]
    public async Task An_append_larger_than_the_limit_keeps_its_end()
    {
        var bytes = Stores.Noise(50_000);

        Assert.Equal(50_000, await Logs.Append(Attempt, 0, bytes, Cancel));

        var chunk = await Logs.Read(Attempt, 49_000, 10_000, Cancel);
        Assert.Equal(bytes[49_000..], chunk.Bytes.ToArray());
    }

    [Fact]
    public async Task A_complete_log_says_so_and_takes_repeats_but_nothing_new()
    {
        await Append(0, "hello");
        await Logs.Complete(Attempt, Cancel);
        await Logs.Complete(Attempt, Cancel);

        Assert.Equal(new LogExtent(0, 5, true), await Logs.Extent(Attempt, Cancel));
        Assert.Equal(5, await Append(0, "hello"));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Append(5, "more"));
        Assert.Contains("complete", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_without_output_can_be_complete()
    {
        await Logs.Complete(Attempt, Cancel);

        Assert.Equal(new LogExtent(0, 0, true), await Logs.Extent(Attempt, Cancel));
    }

    [Fact]
    public async Task Attempts_of_a_task_have_logs_of_their_own()
    {
        var next = Attempt with { Number = 3 };
        await Append(0, "first");
        await Logs.Append(next, 0, Encoding.UTF8.GetBytes("second"), Cancel);

        Assert.Equal("first", await Text(0));
        Assert.Equal(6, (await Logs.Extent(next, Cancel))!.Length);
    }

    [Fact]
    public async Task Appends_of_two_senders_with_the_same_bytes_make_one_log()
    {
        var bytes = Stores.Noise(3500);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                long at = 0;
                while (at < bytes.Length) at = await Logs.Append(Attempt, at, bytes.AsMemory((int)at, (int)Math.Min(100, bytes.Length - at)), Cancel);
            },
            Cancel)));

        Assert.Equal(bytes, (await Logs.Read(Attempt, 0, 10_000, Cancel)).Bytes.ToArray());
    }

    [Fact]
    public async Task Refuses_a_negative_offset() =>
        await Assert.ThrowsAnyAsync<Exception>(() => Logs.Append(Attempt, -1, new byte[] { 1 }, Cancel));

    private Task<long> Append(long offset, string text) => Logs.Append(Attempt, offset, Encoding.UTF8.GetBytes(text), Cancel);

    private async Task<string> Text(long offset) => Encoding.UTF8.GetString((await Logs.Read(Attempt, offset, 100_000, Cancel)).Bytes.Span);
}
