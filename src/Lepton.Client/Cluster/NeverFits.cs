using Lepton.Client.Wire;
using Lepton.Model;

namespace Lepton.Client.Cluster;

/// <summary>The refusal of a job that could never start, in the words that an explanation of it would use.</summary>
internal static class NeverFits
{
    /// <summary>Null when every task may start somewhere, or some region that it may use cannot say; else the refusal for the first that never can.</summary>
    public static LeptonException? Of(Outlooks outlooks)
    {
        if (outlooks.Tasks.FirstOrDefault(t => !t.CanEver) is not { } never) return null;
        var others = never.Regions.Where(r => r.Verdict.Region != outlooks.Region).Select(r => $"{r.Verdict.Region} {r.Verdict.Reason}").ToList();
        var next = never.Next.IsDefaultOrEmpty ? "" : $"Maybe {string.Join(", or ", never.Next)}.";
        return LeptonException.Of(
            never.Reason == PendingReason.Misconfigured ? ProblemCodes.InvalidSpec : ProblemCodes.NeverFits,
            $"Task {never.Group} could never start. {never.Reason}: {never.Evidence}{(others.Count > 0 && never.Reason != PendingReason.Misconfigured ? $" (other regions: {string.Join(", ", others)})" : "")}.",
            next.Length > 0 ? next : "Maybe ask for less.");
    }
}
