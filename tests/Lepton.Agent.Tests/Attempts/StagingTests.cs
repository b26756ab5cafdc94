using Lepton.Agent.Tests.Kit;
using Lepton.Model;

namespace Lepton.Agent.Tests.Attempts;

public sealed class StagingTests : IAsyncDisposable
{
    private static readonly RegionId s_other = new("eu-west");

    private readonly Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_file_input_is_used_where_it_lies()
    {
        var file = Path.Combine(_bench.Folder, "data one.csv");
        await File.WriteAllTextAsync(file, "1,2,3");

        Assert.Equal("1,2,3", await Output(["cat", "${input}"], r => r with { Input = new InputRef(new Uri(file).AbsoluteUri, null, 5) }));
    }

    [Theory]
    [InlineData("file:///no/such/file.csv", "'/no/such/file.csv' does not exist on this machine")]
    [InlineData("ftp://host/file", "'ftp://host/file' is neither")]
    public async Task An_input_that_cannot_be_had_is_named(string uri, string why)
    {
        var end = await _bench.Run(_bench.Assignment(["cat", "${input}"], run: r => r with { Input = new InputRef(uri, null, 5) }));

        Assert.Equal(AttemptEndCause.Internal, end.Cause);
        Assert.Contains(why, end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_placeholder_of_an_input_that_there_is_not_is_refused()
    {
        var end = await _bench.Run(_bench.Assignment(["cat", "${input}"]));

        Assert.Contains("has no input", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_artifact_input_is_fetched() =>
        Assert.Equal("content", await Output(["cat", "${input}"], r => r with { Input = new InputRef($"artifact:{_bench.Data.Keep("content")}", s_other, 7) }));

    [Fact]
    public async Task Outputs_of_other_tasks_lie_by_group_index_and_name()
    {
        var upstream = new[]
        {
            new UpstreamOutput("train", 0, [new ArtifactRef("model/a.bin", s_other, _bench.Data.Keep("A"), 1)]),
            new UpstreamOutput("train", 3, [new ArtifactRef("b.bin", FakeRegionData.Region, _bench.Data.Keep("B"), 1)]),
        };

        var output = await Output(["sh", "-c", "cd $0; cat 0/model/a.bin 3/b.bin", "${outputs.train}"], r => r with { Upstream = [.. upstream] });

        Assert.Equal("AB", output);
    }

    [Fact]
    public async Task A_name_that_leads_out_of_the_folder_is_refused()
    {
        var end = await _bench.Run(_bench.Assignment(
            ["true"], run: r => r with { Upstream = [new UpstreamOutput("train", 0, [new ArtifactRef("../../x", s_other, _bench.Data.Keep("A"), 1)])] }));

        Assert.Equal(AttemptEndCause.Internal, end.Cause);
        Assert.Contains("leads out of its folder", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_artifact_that_nobody_has_ends_the_attempt()
    {
        var end = await _bench.Run(_bench.Assignment(["true"], run: r => r with { Input = new InputRef("artifact:" + new string('0', 64), null, 1) }));

        Assert.Equal(AttemptEndCause.Internal, end.Cause);
        Assert.Contains("could not be fetched from region 'us-east'", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_stopped_while_its_input_is_awaited_was_never_started()
    {
        _bench.Data.Away = true;
        var assignment = _bench.Assignment(["true"], run: r => r with { Input = new InputRef("artifact:" + new string('0', 64), null, 1) });
        _bench.Host.Start(assignment);

        _bench.Host.Stop(assignment.Attempt, AttemptEndCause.Cancelled, TimeSpan.FromMinutes(1));
        var end = await _bench.Reports.HasEnded(assignment.Attempt);

        Assert.Equal(AttemptEndCause.Cancelled, end.Cause);
        Assert.Null(end.StartedAt);
    }

    [Fact]
    public async Task A_checkpoint_written_on_SIGTERM_comes_back_in_the_next_attempt()
    {
        var writing = """
            trap 'mkdir -p $CHECKPOINT_DIR/deep; printf state >$CHECKPOINT_DIR/deep/a.bin; printf "{\"step\":40,\"files\":[\"deep/a.bin\"]}" >$CHECKPOINT_DIR/m.new; mv $CHECKPOINT_DIR/m.new $CHECKPOINT_DIR/manifest.json; exit 0' TERM
            echo r >ready; while :; do sleep 0.05; done
            """;
        var first = _bench.Assignment(["sh", "-c", writing], t => t with { Residency = new Residency(["us-*"], [FakeRegionData.Region]) });
        _bench.Host.Start(first);
        await Within.Line(_bench.InTask(first.Attempt, "work/ready"));
        _bench.Host.Stop(first.Attempt, AttemptEndCause.Preempted, TimeSpan.FromMinutes(1));
        var end = await _bench.Reports.HasEnded(first.Attempt);
        Assert.Equal(3, _bench.Data.Residencies.Count);         // the file, the manifest, and what names both
        Assert.All(_bench.Data.Residencies.Values, r => Assert.Equal([FakeRegionData.Region], r!.Regions));
        Assert.StartsWith("us-east/", end.CheckpointRef, StringComparison.Ordinal);

        var output = await Output(["sh", "-c", "cat $RESTORE_FROM/deep/a.bin $RESTORE_FROM/manifest.json"], r => r with { RestoreFrom = end.CheckpointRef });

        Assert.Equal("state{\"step\":40,\"files\":[\"deep/a.bin\"]}", output);
    }

    [Fact]
    public async Task A_checkpoint_that_is_not_kept_before_the_agent_leaves_does_not_hold_the_end_back()
    {
        var writing = "printf x >$CHECKPOINT_DIR/a; printf '{\"files\":[\"a\"]}' >$CHECKPOINT_DIR/manifest.json; echo r >ready; sleep 600";
        var assignment = _bench.Assignment(["sh", "-c", writing]);
        _bench.Host.Start(assignment);
        await Within.Line(_bench.InTask(assignment.Attempt, "work/ready"));
        _bench.Data.Slow = true;

        _bench.Host.Stop(assignment.Attempt, AttemptEndCause.Preempted, null);
        await Within.Limit(_bench.Data.SlowPut, "the checkpoint to be on its way");
        Assert.False(_bench.Reports.IsEnded(assignment.Attempt));
        _bench.Host.KeepUntil(_bench.Clock.GetUtcNow());
        var end = await _bench.Reports.HasEnded(assignment.Attempt);

        Assert.Equal(AttemptEndCause.Preempted, end.Cause);
        Assert.Null(end.CheckpointRef);
        Assert.Contains("the checkpoint was not kept: the agent had to leave before region 'us-east' had all of it", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_that_is_not_what_its_manifest_says_is_not_kept()
    {
        var writing = "printf x >$CHECKPOINT_DIR/a; printf '{\"files\":[\"a\"],\"sha256\":{\"a\":\"00\"}}' >$CHECKPOINT_DIR/manifest.json; exit 1";

        var end = await _bench.Run(_bench.Assignment(["sh", "-c", writing]));

        Assert.Null(end.CheckpointRef);
        Assert.Contains("the checkpoint was not kept: 'a' is not what the manifest says it is", end.Message, StringComparison.Ordinal);
    }

    private async Task<string> Output(string[] command, Func<RunSpec, RunSpec> run)
    {
        var assignment = _bench.Assignment(command, run: run);
        var end = await _bench.Run(assignment);
        Assert.True(end.Cause == AttemptEndCause.Completed, end.Message);
        return _bench.Data.Log(assignment.Attempt);
    }
}
