using Lepton.Model;

namespace Lepton.Agent.Attempts;

/// <summary>Runs attempts; what becomes of them goes to <see cref="IAttemptReports"/>. No call waits.</summary>
internal interface IAttemptHost
{
    void Start(Assignment assignment);

    /// <summary>Asks an attempt to end with this cause; null grace = at once.</summary>
    void Stop(AttemptId attempt, AttemptEndCause cause, TimeSpan? grace);

    /// <summary>The agent leaves: checkpoints are kept by then, or not at all.</summary>
    void KeepUntil(DateTimeOffset until);

    /// <summary>The end has arrived: what is kept of the attempt on this machine may go.</summary>
    void Forget(AttemptId attempt);
}
