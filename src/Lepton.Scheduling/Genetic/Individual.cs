namespace Lepton.Scheduling.Genetic;

/// <summary>A plan of the population, and what it is worth.</summary>
internal sealed record Individual(int[] Nodes, double Value);
