using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Client.Wire;

/// <summary>Questions about the <c>state</c> of tasks and jobs. Text on the wire, so that a client meets a newer server's state unharmed.</summary>
public static class TaskStates
{
    /// <summary>True for a state that never changes again.</summary>
    public static bool IsOver(string state) => Enum.TryParse<TaskPhase>(state, out var phase) && phase.IsTerminal();

    /// <summary>True for a job state that never changes again.</summary>
    public static bool IsJobOver(string state) =>
        state is nameof(JobPhase.Succeeded) or nameof(JobPhase.Failed) or nameof(JobPhase.Cancelled);

    public static bool HasSucceeded(string state) => state == nameof(TaskPhase.Succeeded);

    /// <summary>Placed and not over.</summary>
    public static ImmutableArray<string> InFlight { get; } =
        [.. Enum.GetValues<TaskPhase>().Where(p => p != TaskPhase.Pending && !p.IsTerminal()).Select(p => p.ToString())];

    public static IReadOnlyList<string> All { get; } = Enum.GetNames<TaskPhase>();
}
