using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Agent.Attempts;

/// <summary>Who hears what becomes of attempts. Called from any thread.</summary>
internal interface IAttemptReports
{
    /// <summary>The process runs.</summary>
    void Started(AttemptId attempt, DateTimeOffset at);

    /// <summary>The task reported figures.</summary>
    void Reported(AttemptId attempt, ImmutableArray<MetricValue> metrics);

    /// <summary>Nothing of the attempt lives any more and what is worth keeping is kept.</summary>
    void Ended(AttemptId attempt, AttemptEnd end);
}
