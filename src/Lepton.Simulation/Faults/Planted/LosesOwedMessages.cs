using Lepton.Model;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>Lost owed effect: what is owed is not stored with the row, so that a crash forgets it. Breaks rule 4.</summary>
public sealed class LosesOwedMessages : Sabotage
{
    internal override StoredMachine Writing(string key, StoredMachine value) => value.Owed.IsEmpty ? value : value with { Owed = [] };
}
