using System.Text;
using Lepton.Client.Wire;
using Lepton.Model;

namespace Lepton.Client.Tests.Cluster;

public sealed class LogTests
{
    private static readonly TaskId Task0 = new(FakeFleet.Job, 0);

    private readonly FakeFleet _fleet = new();

    private Task<LogPage> Read(LogRead? read = null) => _fleet.Client().ReadLogAsync(Task0.ToString(), read ?? new LogRead());

    private static AttemptEnd End(DateTimeOffset at) => AttemptEnd.Bare(AttemptEndCause.Completed, "", at);

    [Fact]
    public async Task Reads_each_attempt_in_the_region_where_it_ran()
    {
        _fleet.Put(FakeFleet.AJob(), FakeFleet.ARow(Task0, TaskPhase.Leased, FakeFleet.AnAttempt(1, FakeFleet.West, End(FakeFleet.Noon)), FakeFleet.AnAttempt(2, FakeFleet.South)));
        _fleet.PutLog(FakeFleet.West, new AttemptId(Task0, 1), "west\n", true);
        _fleet.PutLog(FakeFleet.South, new AttemptId(Task0, 2), "south\n", false);
        var newest = await Read();
        Assert.Equal(("south\n", 2, 2, false), (Encoding.UTF8.GetString(newest.Bytes.Span), newest.Attempt, newest.NewestAttempt, newest.Complete));
        var first = await Read(new LogRead(1, 2));
        Assert.Equal(("st\n", 2L, 5L, true), (Encoding.UTF8.GetString(first.Bytes.Span), first.Offset, first.Length, first.Complete));
    }

    [Fact]
    public async Task Is_empty_while_nothing_ran()
    {
        _fleet.Put(FakeFleet.AJob());
        var page = await Read();
        Assert.Equal((0, "Pending", 0, false), (page.Attempt, page.TaskState, page.Bytes.Length, page.Complete));
    }

    [Fact]
    public async Task Ends_the_log_of_an_attempt_whose_node_never_closed_it()
    {
        _fleet.Put(FakeFleet.AJob(), FakeFleet.ARow(Task0, TaskPhase.Failed, FakeFleet.AnAttempt(1, FakeFleet.West, End(FakeFleet.Noon))));
        _fleet.PutLog(FakeFleet.West, new AttemptId(Task0, 1), "half", false);
        Assert.False((await Read()).Complete);
        _fleet.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.True((await Read()).Complete);
        _fleet.Logs.Clear();
        Assert.True((await Read()).Complete);
    }

    [Fact]
    public async Task Names_the_region_that_does_not_give_the_log()
    {
        _fleet.Put(FakeFleet.AJob(), FakeFleet.ARow(Task0, TaskPhase.Leased, FakeFleet.AnAttempt(1, FakeFleet.West)));
        _fleet.LogsDown.Add(FakeFleet.West);
        var failed = await Assert.ThrowsAsync<LeptonException>(() => Read());
        Assert.Equal(ProblemCodes.RegionUnreachable, failed.Code);
        Assert.Contains("eu-west", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_an_attempt_that_was_never_made()
    {
        _fleet.Put(FakeFleet.AJob(), FakeFleet.ARow(Task0, TaskPhase.Leased, FakeFleet.AnAttempt(1, FakeFleet.West)));
        var failed = await Assert.ThrowsAsync<LeptonException>(() => Read(new LogRead(7)));
        Assert.Equal((ProblemCodes.NotFound, true), (failed.Code, failed.Message.Contains('7', StringComparison.Ordinal)));
    }
}
