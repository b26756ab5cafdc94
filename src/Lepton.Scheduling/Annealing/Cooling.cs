namespace Lepton.Scheduling.Annealing;

/// <summary>Temperature over one piece: geometric from one value to another.</summary>
public readonly record struct Cooling(double From, double To);
