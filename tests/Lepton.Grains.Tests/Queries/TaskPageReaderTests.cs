using System.Collections.Immutable;
using Lepton.Contracts;
using Lepton.Grains.Queries;
using Lepton.Grains.Tests.Clusters;
using Lepton.Hosting;
using Lepton.Model;

namespace Lepton.Grains.Tests.Queries;

/// <summary>Pages of tasks over rows that the test has written.</summary>
public sealed class TaskPageReaderTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly MemoryRegionStore _store = new();
    private Reply _region = new Overlays([]);

    [Fact]
    public async Task Filters_by_the_labels_of_the_job_with_those_of_the_task_laid_over()
    {
        await Put("A1", Noon, Labels(("team", "nlp")), Group("train", 0, 3, ("stage", "train")), Group("eval", 3, 2, ("stage", "eval"), ("team", "vision")));
        await Put("A2", Noon, Labels(), Group("train", 0, 4, ("stage", "train")));

        Assert.Equal(["A1/0", "A1/1", "A1/2"], Shown(await Page(new TaskQuery { Labels = Labels(("team", "nlp")) })));
        Assert.Equal(["A1/3", "A1/4"], Shown(await Page(new TaskQuery { Labels = Labels(("team", "vision"), ("stage", "eval")) })));
        Assert.Equal(["A1/3", "A1/4"], Shown(await Page(new TaskQuery { Labels = Labels(("stage", "eval")), Phases = [TaskPhase.Pending] })));
        Assert.Equal(0, (await Page(new TaskQuery { Labels = Labels(("team", "audio")) })).Total);

        var first = await Page(new TaskQuery { Labels = Labels(("stage", "train")), Limit = 3 });
        Assert.Equal((7, 3), (first.Total, first.Items.Length));
        var second = await Page(new TaskQuery { Labels = Labels(("stage", "train")), Limit = 4, Cursor = first.NextCursor });
        Assert.Equal((7, null), (second.Total, second.NextCursor));
        Assert.Equal(["A2/0", "A2/1", "A2/2", "A2/3"], Shown(second));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("us-east.A1/0")]
    [InlineData("us-east.A1/0@")]
    [InlineData("us-east.A1/0@99999999999999999999")]
    [InlineData("us-east.A1/x@5")]
    [InlineData("@5")]
    public async Task A_cursor_that_is_none_is_refused_by_name(string cursor)
    {
        await Put("A1", Noon, Labels(), Group("g", 0, 2));
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => Page(new TaskQuery { Cursor = cursor }));
        Assert.Contains($"'{cursor}'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cursor_of_another_job_is_refused()
    {
        await Put("A1", Noon, Labels(), Group("g", 0, 2));
        var first = await Page(new TaskQuery { Limit = 1 });
        await Assert.ThrowsAsync<ArgumentException>(() => Page(new TaskQuery { Job = new JobId(RegionCluster.Region, "A2"), Cursor = first.NextCursor }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Goes_on_behind_the_place_of_a_job_that_is_gone(bool filtered)
    {
        for (var i = 0; i < 4; i++) await Put($"A{i}", Noon.AddMinutes(-i), Labels(), Group("g", 0, 2));
        var query = new TaskQuery { Limit = 3, Phases = filtered ? [TaskPhase.Pending] : [] };
        var first = await Page(query);
        Assert.Equal(["A0/0", "A0/1", "A1/0"], Shown(first));

        await Remove("A1");
        var second = await Page(query with { Cursor = first.NextCursor });
        Assert.Equal(["A2/0", "A2/1", "A3/0"], Shown(second));
        var third = await Page(query with { Cursor = second.NextCursor });
        Assert.Equal(["A3/1"], Shown(third));
        Assert.Null(third.NextCursor);
        Assert.Equal(6, third.Total);
    }

    [Fact]
    public async Task A_job_that_ends_between_two_pages_keeps_its_place()
    {
        await Put("A0", Noon, Labels(), Group("g", 0, 2));
        await Put("A1", Noon.AddMinutes(-1), Labels(), Group("g", 0, 2));
        var first = await Page(new TaskQuery { Limit = 2 });

        await Put("A1", Noon.AddMinutes(-1), Labels(), endedAt: Noon.AddHours(1), Group("g", 0, 2));

        Assert.Equal(["A1/0", "A1/1"], Shown(await Page(new TaskQuery { Limit = 2, Cursor = first.NextCursor })));
    }

    [Fact]
    public async Task Waiting_tasks_have_a_reason_when_the_region_gives_none()
    {
        await Put("A1", Noon, Labels(), Group("g", 0, 1));
        var unseen = Assert.Single((await Page(new TaskQuery())).Items);
        Assert.Equal((PendingReason.NotYetEvaluated, "region us-east has not looked at it yet"), (unseen.Reason, unseen.Evidence));

        _region = new Unanswered("its store is gone");
        var silent = Assert.Single((await Page(new TaskQuery())).Items);
        Assert.Equal((PendingReason.NotYetEvaluated, "region us-east did not answer: its store is gone"), (silent.Reason, silent.Evidence));
    }

    private static ImmutableSortedDictionary<string, string> Labels(params (string Key, string Value)[] labels) =>
        labels.ToImmutableSortedDictionary(l => l.Key, l => l.Value);

    private static TaskGroup Group(string name, int first, int count, params (string Key, string Value)[] labels) => new(
        name, first, count, new TaskTemplate { Group = name, Command = ["true"], Demand = new Demand(new Capacity(100, 1 << 20)), Labels = Labels(labels) }, [], [], []);

    private static string[] Shown(TaskPage page) => [.. page.Items.Select(i => $"{i.Task.Job.Key}/{i.Task.Index}")];

    private Task Put(string key, DateTimeOffset at, ImmutableSortedDictionary<string, string> labels, params TaskGroup[] groups) => Put(key, at, labels, null, groups);

    private async Task Put(string key, DateTimeOffset at, ImmutableSortedDictionary<string, string> labels, DateTimeOffset? endedAt, params TaskGroup[] groups)
    {
        var row = new JobRow
        {
            Job = new JobId(RegionCluster.Region, key),
            Spec = new JobSpec { Kind = "Job", Name = "j", Labels = labels, Groups = [.. groups] },
            BodyHash = "hash",
            SubmittedAt = at,
            Phase = endedAt is null ? JobPhase.Active : JobPhase.Failed,
            EndedAt = endedAt,
        };
        var known = await _store.Read(row.Key, CancellationToken.None);
        Assert.NotNull(await _store.Write([new RowWrite(row.Key, known?.ETag ?? 0, new StoredMachine(row, []))], CancellationToken.None));
    }

    private async Task Remove(string key)
    {
        var record = (await _store.Read(JobRow.KeyOf(new JobId(RegionCluster.Region, key)), CancellationToken.None))!;
        Assert.NotNull(await _store.Write([new RowWrite(record.Key, record.ETag, null)], CancellationToken.None));
    }

    /// <summary>As the query grain reads it.</summary>
    private async Task<TaskPage> Page(TaskQuery query)
    {
        var reader = new TaskPageReader(query, _store, RegionCluster.Region, _ => Task.FromResult(_region));
        await foreach (var record in _store.Scan(new RowScan("job/", false), CancellationToken.None)) reader.Meet((JobRow)record.Value.Row);
        return await reader.Read();
    }
}
