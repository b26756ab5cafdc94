using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>A region that explains nothing. Breaks rule 9.</summary>
public sealed class GivesNoReason : Sabotage
{
    internal override Release Leaving(Address from, Release release) => release with { Replies = [.. release.Replies.Select(Silence)] };

    private static (CallId Call, Reply Reply) Silence((CallId Call, Reply Reply) answer) =>
        answer.Reply is Explained explained ? (answer.Call, new Explained(explained.Explanation with { Evidence = "" })) : answer;
}
