namespace Lepton.Simulation.Faults.Planted;

/// <summary>A shim that does not end its process when its deadline has passed. Breaks rule 3 (or 2).</summary>
public sealed class ShimsRunOn : Sabotage
{
    internal override bool ShimsIgnoreTheirDeadline => true;
}
