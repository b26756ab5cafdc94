using Lepton.Model;
using Lepton.Simulation.World;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>Forgotten check of the attempt epoch: the end of any attempt counts as the end of the newest. Breaks rule 3.</summary>
public sealed class AcceptsLateEnds : Sabotage
{
    private readonly Dictionary<TaskId, int> _newest = [];

    internal override void Written(Disk disk, StoredRecord? before, StoredRecord after)
    {
        if (after.Value.Row is TaskRow row) _newest[row.Task] = row.Attempt;
    }

    internal override Message? Arriving(Address to, Message message) =>
        message is AttemptEnded ended && to == Address.Of(ended.Attempt.Task) && _newest.TryGetValue(ended.Attempt.Task, out var newest)
            ? ended with { Attempt = ended.Attempt with { Number = newest }, Node = null }
            : message;
}
