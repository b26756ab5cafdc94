using Lepton.Model;

namespace Lepton.Simulation.Checkers;

/// <summary>
/// Rule 9: whoever asks why a task waits is given a reason of the list, with a number or a name as evidence. A task that was placed and has not
/// started needs none while the evidence names the node that has it.
/// </summary>
internal sealed class EveryWaitHasReason(IWorldView world) : IChecker
{
    public void Observe(SimulationEvent happened)
    {
        if (happened is not ExplanationGiven { Explanation: { Phase: TaskPhase.Pending or TaskPhase.Leased or TaskPhase.Starting } given }) return;
        if (given.Phase != TaskPhase.Pending && given.Reason is null && NamesNode(given)) return;
        if (given.Reason is not { } reason)
            Broken($"{given.Task} waits for no reason: '{given.Evidence}'.", given);
        else if (!Enum.IsDefined(reason))
            Broken($"{given.Task} waits for a reason that is not in the list: {reason}.", given);
        else if (string.IsNullOrWhiteSpace(given.Evidence) || !(given.Evidence.Any(char.IsAsciiDigit) || Names(given.Evidence)))
            Broken($"{given.Task} waits because of {reason}, and the evidence has neither number nor name: '{given.Evidence}'.", given);
    }

    public void End()
    {
    }

    private bool Names(string evidence) => world.Regions.Any(region => evidence.Contains(region.Value, StringComparison.Ordinal));

    /// <summary>A node's name begins with its region.</summary>
    private bool NamesNode(Explanation given) => world.Regions.Any(region => given.Evidence.Contains($"{region.Value}/", StringComparison.Ordinal));

    private void Broken(string message, Explanation given) => world.Violate(Rules.EveryWaitHasReason, message, given.Task.ToString());
}
