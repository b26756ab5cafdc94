namespace Lepton.Scheduling.StateMachines.Agents;

/// <summary>Times of an agent.</summary>
/// <param name="BeatEvery">Pause between heartbeats until the node says otherwise, and after a beat that failed.</param>
/// <param name="BeatTimeout">Time after which a beat without an answer counts as failed.</param>
public sealed record AgentSettings(TimeSpan BeatEvery, TimeSpan BeatTimeout)
{
    /// <summary>How long the region is asked to take one file of a checkpoint, while the agent is not leaving.</summary>
    public static readonly TimeSpan KeepFileWithin = TimeSpan.FromSeconds(60);

    /// <summary>Leaving: time for keeping checkpoints once the longest grace is over. What is not kept by then is given up.</summary>
    public TimeSpan KeepWhenLeaving => BeatTimeout * 2;

    /// <summary>Leaving: time after that for telling the node how everything ended. Then the agent leaves, told or not.</summary>
    public TimeSpan TellWhenLeaving => BeatTimeout;
}
