using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lepton.Client.Wire;

/// <summary>JSON of the REST API: camelCase, strict numbers, absent instead of null. Generated at build time: no reflection, quick to start.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.Strict,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(SubmitAccepted))]
[JsonSerializable(typeof(SpecCheck))]
[JsonSerializable(typeof(SubmitOutlook))]
[JsonSerializable(typeof(JobDetail))]
[JsonSerializable(typeof(Page<JobSummary>))]
[JsonSerializable(typeof(CancelAccepted))]
[JsonSerializable(typeof(NodeHeld))]
[JsonSerializable(typeof(TaskDetail))]
[JsonSerializable(typeof(Page<TaskSummary>))]
[JsonSerializable(typeof(Page<TaskAttempt>))]
[JsonSerializable(typeof(TaskExplanation))]
[JsonSerializable(typeof(Page<RegionDetail>))]
[JsonSerializable(typeof(Page<NodeDetail>))]
[JsonSerializable(typeof(ServerVersion))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class LeptonJson : JsonSerializerContext;
