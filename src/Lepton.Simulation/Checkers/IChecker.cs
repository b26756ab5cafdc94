namespace Lepton.Simulation.Checkers;

/// <summary>Watches one rule that must always be true. What breaks it is told to <see cref="IWorldView.Violate"/>.</summary>
internal interface IChecker
{
    /// <summary>Something happened.</summary>
    void Observe(SimulationEvent happened);

    /// <summary>The run is over and the world was quiet for long enough.</summary>
    void End();
}
