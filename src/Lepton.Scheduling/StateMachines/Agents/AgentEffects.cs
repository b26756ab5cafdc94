using Lepton.Model;

namespace Lepton.Scheduling.StateMachines.Agents;

/// <summary>What an <see cref="AgentMachine"/> wants done, in order.</summary>
public sealed class AgentEffects
{
    private readonly List<AgentEffect> _items = [];

    public IReadOnlyList<AgentEffect> Items => _items;

    public void Add(AgentEffect effect) => _items.Add(effect);

    public void Clear() => _items.Clear();
}

/// <summary>One thing to do on the machine.</summary>
public abstract record AgentEffect;

/// <summary>Start this attempt's process; then call <see cref="AgentMachine.Started"/>, or <see cref="AgentMachine.Ended"/> if it cannot start.</summary>
public sealed record StartAttempt(Assignment Assignment) : AgentEffect;

/// <summary>End this attempt's process: ask, and kill after <see cref="Grace"/>; null = kill at once. A later order may be stricter.</summary>
public sealed record StopAttempt(AttemptId Attempt, AttemptEndCause Cause, TimeSpan? Grace) : AgentEffect;

/// <summary>The agent leaves: what is worth keeping of ended attempts is kept by then, or given up; their ends must still be told.</summary>
public sealed record KeepUntil(DateTimeOffset Until) : AgentEffect;

/// <summary>All processes may run until then (the agent's own clock): give it to every shim.</summary>
public sealed record RenewDeadline(DateTimeOffset Until) : AgentEffect;

/// <summary>The outcome is in safe hands: delete what is kept of this attempt.</summary>
public sealed record ForgetAttempt(AttemptId Attempt) : AgentEffect;

/// <summary>Send <see cref="AgentMachine.NextBeat"/> now.</summary>
public sealed record BeatNow : AgentEffect;
