using Lepton.Model;

namespace Lepton.Scheduling.Queueing;

/// <summary>A region that did not take a task: left alone until a time, the first time only as long as it says nothing new.</summary>
/// <param name="Changes">How many new things it had said then.</param>
internal sealed record Refusal(RegionId Region, int Times, DateTimeOffset Until, long Changes);
