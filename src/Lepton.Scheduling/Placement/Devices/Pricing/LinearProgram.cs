namespace Lepton.Scheduling.Placement.Devices.Pricing;

/// <summary>A small dense linear program: maximise c x with A x at most b, x at least 0, where no b is below 0.</summary>
/// <remarks>
/// <b>Method</b> the simplex method on a condensed tableau; steepest column first, and Bland's rule once it has gone on for long, so that it ends.
/// <b>Cost</b> O(rows * columns) a pivot. <b>Source</b> Dantzig 1951; Bland 1977.
/// </remarks>
internal sealed class LinearProgram(int rows, int columns)
{
    private const double Zero = 1e-9;
    private const int SteepestPivots = 5_000;
    private const int MostPivots = 100_000;

    /// <summary><c>t[i, j]</c>: row i, column j; the last column is b, the last row -c.</summary>
    private readonly double[,] _t = new double[rows + 1, columns + 1];

    private readonly int[] _basic = [.. Enumerable.Range(columns, rows)];
    private readonly int[] _free = [.. Enumerable.Range(0, columns)];

    public void Limit(int row, double b) => _t[row, columns] = b;

    public void Set(int row, int column, double a) => _t[row, column] = a;

    public void Gain(int column, double c) => _t[rows, column] = -c;

    /// <summary>The best value, and x.</summary>
    /// <exception cref="InvalidOperationException">It has no bound, or does not end.</exception>
    public (double Value, double[] X) Solve()
    {
        for (var pivot = 0; ; pivot++)
        {
            if (pivot > MostPivots) throw new InvalidOperationException($"The linear program has not ended after {pivot} pivots.");
            var column = Entering(pivot > SteepestPivots);
            if (column < 0) break;
            var row = Leaving(column);
            if (row < 0) throw new InvalidOperationException("The linear program has no bound.");
            Pivot(row, column);
        }

        var x = new double[columns];
        for (var i = 0; i < rows; i++)
        {
            if (_basic[i] < columns) x[_basic[i]] = Math.Max(0, _t[i, columns]);     // rounding leaves -3e-18 for 0
        }

        return (_t[rows, columns], x);
    }

    private int Entering(bool bland)
    {
        var best = -1;
        for (var j = 0; j < columns; j++)
        {
            if (_t[rows, j] >= -Zero) continue;
            if (best < 0 || (bland ? _free[j] < _free[best] : _t[rows, j] < _t[rows, best])) best = j;
        }

        return best;
    }

    private int Leaving(int column)
    {
        var (best, least) = (-1, double.PositiveInfinity);
        for (var i = 0; i < rows; i++)
        {
            if (_t[i, column] <= Zero) continue;
            var ratio = _t[i, columns] / _t[i, column];
            if (ratio < least - 1e-12 || (ratio <= least + 1e-12 && best >= 0 && _basic[i] < _basic[best])) (best, least) = (i, ratio);
        }

        return best;
    }

    private void Pivot(int row, int column)
    {
        var scale = 1 / _t[row, column];
        for (var j = 0; j <= columns; j++) _t[row, j] *= scale;
        for (var i = 0; i <= rows; i++)
        {
            var factor = _t[i, column];
            if (i == row || factor == 0) continue;
            for (var j = 0; j <= columns; j++) _t[i, j] -= factor * _t[row, j];
            _t[i, column] = -factor * scale;
        }

        _t[row, column] = scale;
        (_basic[row], _free[column]) = (_free[column], _basic[row]);
    }
}
