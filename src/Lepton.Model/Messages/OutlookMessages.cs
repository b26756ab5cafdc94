using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>
/// To a region: what would become of this job, were it submitted now? Replies <see cref="Outlooks"/>, or <see cref="Refused"/>; nothing is kept of it.
/// </summary>
/// <param name="Told">What other regions answered to the same question; each knows its own nodes better than a summary tells them.</param>
[GenerateSerializer, Immutable, Alias("AskOutlook")]
public sealed record AskOutlook([property: Id(0)] JobSpec Spec, [property: Id(1)] ImmutableArray<Outlooks> Told) : Message;

/// <summary>What one region can offer to tasks that all look the same.</summary>
/// <param name="CanEver">False: it stands against them for good, whatever ends or joins.</param>
/// <param name="UsdMicrosPerHour">What one of them costs there by the hour; null where there is no price.</param>
/// <param name="Start">When the first of them would start; null: not known.</param>
/// <param name="Run">How long one is expected to run; null: not known.</param>
/// <param name="Ahead">Tasks that wait there in the same queue and come first; null: not known.</param>
[GenerateSerializer, Immutable, Alias("RegionOutlook")]
public sealed record RegionOutlook(
    [property: Id(0)] RegionVerdict Verdict,
    [property: Id(1)] ImmutableArray<string> Next,
    [property: Id(2)] bool CanEver,
    [property: Id(3)] long? UsdMicrosPerHour,
    [property: Id(4)] StartEstimate? Start,
    [property: Id(5)] TimeSpan? Run,
    [property: Id(6)] int? Ahead);

/// <summary>What would become of tasks of one group that look the same to placement.</summary>
/// <param name="InputIn">Where their input lies; null: anywhere, or they have none.</param>
[GenerateSerializer, Immutable, Alias("TaskOutlook")]
public sealed record TaskOutlook(
    [property: Id(0)] string Group,
    [property: Id(1)] RegionId? InputIn,
    [property: Id(2)] int Tasks,
    [property: Id(3)] bool CanEver,
    [property: Id(4)] PendingReason Reason,
    [property: Id(5)] string Evidence,
    [property: Id(6)] ImmutableArray<string> Next,
    [property: Id(7)] ImmutableArray<RegionOutlook> Regions);

/// <summary>One region's answer: its own verdict on each kind of task first, then those on the other regions.</summary>
[GenerateSerializer, Immutable, Alias("Outlooks")]
public sealed record Outlooks([property: Id(0)] RegionId Region, [property: Id(1)] ImmutableArray<TaskOutlook> Tasks) : Reply;
