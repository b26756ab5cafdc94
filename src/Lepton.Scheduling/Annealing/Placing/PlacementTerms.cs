namespace Lepton.Scheduling.Annealing.Placing;

/// <summary>The value of a placement, every term by itself.</summary>
public sealed record PlacementTerms(double Load, double Balance, double TaskMoves, double GroupMoves, double Routes, int Moved)
{
    public double Total => Load + Balance + TaskMoves + GroupMoves + Routes;
}
