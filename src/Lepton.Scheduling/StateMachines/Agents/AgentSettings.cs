namespace Lepton.Scheduling.StateMachines.Agents;

/// <summary>Times of an agent.</summary>
/// <param name="BeatEvery">Pause between heartbeats until the node says otherwise, and after a beat that failed.</param>
/// <param name="BeatTimeout">Time after which a beat without an answer counts as failed.</param>
public sealed record AgentSettings(TimeSpan BeatEvery, TimeSpan BeatTimeout);
