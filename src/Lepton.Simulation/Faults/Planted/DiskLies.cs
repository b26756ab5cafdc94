using Lepton.Model;
using Lepton.Simulation.World;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>A disk that says durable and forgets its last writes in a crash. Breaks rule 1.</summary>
public sealed class DiskLies : Sabotage
{
    private const int Forgotten = 12;

    private readonly Dictionary<Disk, List<(string Key, StoredRecord? Before)>> _last = [];

    internal override void Written(Disk disk, StoredRecord? before, StoredRecord after)
    {
        if (!_last.TryGetValue(disk, out var last)) _last.Add(disk, last = []);
        last.Add((after.Key, before));
        if (last.Count > Forgotten) last.RemoveAt(0);
    }

    internal override void SiloDied(Disk disk)
    {
        if (!_last.Remove(disk, out var last)) return;
        for (var i = last.Count - 1; i >= 0; i--) disk.Forget(last[i].Key, last[i].Before);
    }
}
