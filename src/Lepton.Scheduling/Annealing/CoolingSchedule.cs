namespace Lepton.Scheduling.Annealing;

/// <summary>Temperature over a whole pass, from the size of prices and the budget: one setting for all instances.</summary>
/// <remarks>
/// Progress p in [0, 1]. Geometric from <c>start</c> to <c>end</c> over the first 85 %, then down to <c>end × 0.01</c>.
/// A hot start pays only when there are moves enough to come down again, so start and end grow with moves per task.
/// A start colder than the automatic end stays as cold up to there: a pass never warms.
/// </remarks>
public sealed class CoolingSchedule
{
    private const double Knee = 0.85;
    private const double DeepEnd = 0.01;

    // Measured on the instances of the ROADEF challenge: with 10,000 moves a task, start at the scale of prices itself.
    private const double MovesPerTaskAtScale = 1e4;

    private readonly double _start;
    private readonly double _end;

    /// <param name="scale">Root mean square of the prices of moves drawn at random.</param>
    /// <param name="movesPerTask">Budget of the pass.</param>
    /// <param name="heat">Times the automatic start; default 1.</param>
    public CoolingSchedule(double scale, double movesPerTask, double heat = 1)
    {
        var budget = Math.Max(1, movesPerTask) / MovesPerTaskAtScale;
        var factor = Math.Clamp(budget < 1 ? Math.Pow(budget, 1.4) : Math.Sqrt(budget), 0.003, 5);
        _start = scale * factor * heat;
        _end = Math.Min(_start, scale * 0.03 * Math.Pow(Math.Min(1, factor), 0.65) * Math.Pow(Math.Max(1, budget), -0.3));
    }

    public double At(double progress)
    {
        if (progress >= Knee) return _end * Math.Pow(DeepEnd, (progress - Knee) / (1 - Knee));
        return _start * Math.Pow(_end / _start, progress / Knee);
    }
}
