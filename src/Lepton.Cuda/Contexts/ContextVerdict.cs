namespace Lepton.Cuda.Contexts;

/// <summary>How a context check went.</summary>
public enum ContextOutcome
{
    Ok,

    /// <summary>CUDA answered with an error.</summary>
    Failed,

    /// <summary>The child did not end in time and was killed.</summary>
    TimedOut,

    /// <summary>The child died of itself.</summary>
    Crashed,

    /// <summary>There is no child program, or no CUDA library: nothing is known of the device.</summary>
    NotChecked,
}

/// <summary>What a child process found when it opened a context on a device, in words.</summary>
public sealed record ContextVerdict(string Uuid, ContextOutcome Outcome, string Text);
