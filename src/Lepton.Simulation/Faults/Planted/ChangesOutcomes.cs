using Lepton.Model;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>A task that writes another outcome when it writes its row again after the end. Breaks rule 1.</summary>
public sealed class ChangesOutcomes : Sabotage
{
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);

    internal override StoredMachine Writing(string key, StoredMachine value) =>
        value.Row is TaskRow { Phase: TaskPhase.Succeeded or TaskPhase.Cancelled } row && !_ended.Add(key)
            ? value with { Row = row with { Phase = TaskPhase.Failed } }
            : value;
}
