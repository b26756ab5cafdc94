using Lepton.Model;

namespace Lepton.Scheduling.Explaining;

/// <summary>One reason with its numbers, and what would help.</summary>
internal sealed record Verdict(PendingReason Reason, string Evidence, params string[] Next);
