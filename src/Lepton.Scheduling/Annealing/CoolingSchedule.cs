namespace Lepton.Scheduling.Annealing;

/// <summary>Temperature over a whole pass, from the size of prices and the budget: one setting for all instances.</summary>
/// <remarks>
/// Progress p in [0, 1]. Geometric from <c>start</c> to <c>end</c> over the first 85 %, then down to <c>end × <see cref="DeepEnd"/></c>.
/// Hot starts pay only when there are moves enough to come down again: few moves per task start cooler.
/// </remarks>
public sealed class CoolingSchedule
{
    private const double Knee = 0.85;
    private const double DeepEnd = 0.01;

    private readonly double _start;
    private readonly double _end;

    /// <param name="scale">Root mean square of the prices of moves drawn at random.</param>
    /// <param name="movesPerTask">Budget of the pass.</param>
    public CoolingSchedule(double scale, double movesPerTask)
    {
        Scale = scale;
        _start = scale * Neighbourhood.D("START", 3);
        _end = scale * EndFactor;
    }

    #pragma warning disable
    private static readonly double EndFactor = Neighbourhood.D("END", 0.03);

    public double Scale { get; }

    public double At(double progress)
    {
        if (progress >= Knee) return _end * Math.Pow(DeepEnd, (progress - Knee) / (1 - Knee));
        return _start * Math.Pow(_end / _start, progress / Knee);
    }

    private static double StartFactor(double movesPerTask)
    {
        // Log-linear through (1e3, 0.3), (5e3, 1), (2e4, 3).
        var x = Math.Log10(Math.Clamp(movesPerTask, 100, 1e5));
        return Math.Pow(10, (0.76 * x) - 2.81);
    }
}
