using System.Collections.Immutable;
using System.Text.Json;
using Lepton.Client.Wire;
using Lepton.Model;

namespace Lepton.Client.Tests.Wire;

public sealed class LeptonJsonTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, 123, TimeSpan.Zero);

    private static TaskDetail Task() => new()
    {
        Id = "us-east.01A/17",
        Job = "us-east.01A",
        Name = "train",
        Group = "fit",
        State = "Running",
        Region = "eu-west",
        Node = "eu-west/n01",
        Attempt = 2,
        SubmittedAt = Noon,
        Demand = new TaskDemand { MilliCpu = 1500, MemoryBytes = 1L << 40, Devices = 8, Kind = "Gpu", Model = "H100" },
        Metrics = [new TaskMetric { Name = "loss", Value = 0.25, Step = 12 }],
        Artifacts = [new TaskArtifact { Name = "model.zip", Region = "eu-west", Sha256 = "ab", SizeBytes = 9_007_199_254_740_993 }],
        Index = 17,
        Owner = "us-east",
        Queue = "train",
        Priority = 50,
        Labels = ImmutableSortedDictionary<string, string>.Empty.Add("team", "nlp"),
        Attempts = [new TaskAttempt { Number = 2, Region = "eu-west", LeasedAt = Noon, End = "ExitNonZero", ExitCode = 3 }],
    };

    [Fact]
    public void A_task_survives_the_wire()
    {
        var json = JsonSerializer.Serialize(Task(), LeptonJson.Default.TaskDetail);
        var back = JsonSerializer.Deserialize(json, LeptonJson.Default.TaskDetail)!;
        Assert.Equal(json, JsonSerializer.Serialize(back, LeptonJson.Default.TaskDetail));
        Assert.Equal(9_007_199_254_740_993, back.Artifacts[0].SizeBytes);
        Assert.Equal("nlp", back.Labels["team"]);
    }

    [Fact]
    public void Names_are_camel_case_and_absent_values_are_absent()
    {
        var json = JsonSerializer.Serialize(Task(), LeptonJson.Default.TaskDetail);
        Assert.Contains("\"submittedAt\":\"2026-11-23T12:00:00.123+00:00\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("null", json, StringComparison.Ordinal);
        Assert.DoesNotContain("endedAt", json[..json.IndexOf("attempts", StringComparison.Ordinal)], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"status":503,"title":"x","detail":"y"}""")]
    [InlineData("""{"status":"503","title":"x","detail":"y","code":"Busy"}""")]
    [InlineData("""{"status":503,"title":null,"detail":"y","code":"Busy"}""")]
    public void A_body_that_lacks_or_bends_a_field_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, LeptonJson.Default.Problem));

    [Fact]
    public void A_field_of_a_newer_server_does_no_harm()
    {
        var version = JsonSerializer.Deserialize(
            """{"version":"9","api":"v1","region":"us-east","runtime":"x","colour":"green"}""",
            LeptonJson.Default.ServerVersion)!;
        Assert.Equal("us-east", version.Region);
    }

    [Fact]
    public void Knows_which_states_are_final()
    {
        foreach (var phase in Enum.GetValues<TaskPhase>()) Assert.Equal(phase.IsTerminal(), TaskStates.IsOver(phase.ToString()));
        Assert.False(TaskStates.IsOver("Dreaming"));
        Assert.Equal(["Succeeded", "Failed", "Cancelled"], Enum.GetNames<JobPhase>().Where(TaskStates.IsJobOver));
    }

    [Fact]
    public void Every_code_has_a_status_and_a_title()
    {
        var codes = typeof(ProblemCodes).GetFields().Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).ToArray();
        Assert.True(codes.Length > 20);
        foreach (var code in codes)
        {
            Assert.InRange(ProblemCodes.StatusOf(code), 400, 599);
            Assert.Equal(code == ProblemCodes.Internal, ProblemCodes.TitleOf(code) == "Internal error");
            Assert.Equal(code == ProblemCodes.Internal, ProblemCodes.StatusOf(code) == 500);
        }
    }
}
