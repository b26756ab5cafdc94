namespace Lepton.Simulation.Faults.Planted;

/// <summary>Acknowledges before durable: replies and messages leave while the write is still under way. Breaks rule 1.</summary>
public sealed class AcknowledgesEarly : Sabotage
{
    internal override bool ReleasesBeforeDurable => true;
}
