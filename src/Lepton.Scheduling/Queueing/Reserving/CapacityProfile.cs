namespace Lepton.Scheduling.Queueing.Reserving;

/// <summary>What will be free on a node, as a step function over time. Times are ticks; the last step never ends.</summary>
/// <remarks>Cost: O(steps) for every question and change. Arrays are kept and grow only: a profile that is reset and reused does not allocate.</remarks>
internal sealed class CapacityProfile(int kinds)
{
    /// <summary>An end that nobody can promise.</summary>
    public const long Never = long.MaxValue;

    private long[] _at = new long[8];
    private long[] _free = new long[8 * kinds];     // [step * kinds + kind]
    private int _steps;

    public int Steps => _steps;

    public long At(int step) => _at[step];

    public ReadOnlySpan<long> Free(int step) => _free.AsSpan(step * kinds, kinds);

    /// <summary>From a time on this much is free.</summary>
    public void Reset(long from, ReadOnlySpan<long> free)
    {
        _steps = 1;
        _at[0] = from;
        Put(0, free);
    }

    /// <summary>From a time on this much more is free.</summary>
    public void Free(long from, ReadOnlySpan<long> amounts)
    {
        if (from == Never) return;
        for (var step = StepAt(from); step < _steps; step++) Add(step, amounts, 1);
    }

    /// <summary>Takes this much between two times; the profile may go below nothing, which then fits nobody.</summary>
    public void Take(long from, long to, ReadOnlySpan<long> amounts, int times = 1) => Change(from, to, amounts, -times);

    public void GiveBack(long from, long to, ReadOnlySpan<long> amounts) => Change(from, to, amounts, 1);

    /// <summary>True when this much is free at every moment between two times.</summary>
    public bool Fits(ReadOnlySpan<long> asked, long from, long to)
    {
        for (var step = 0; step < _steps && _at[step] < to; step++)
        {
            var ends = step + 1 < _steps ? _at[step + 1] : Never;
            if (ends > from && !Holds(step, asked)) return false;
        }

        return true;
    }

    /// <summary>How many pieces of this size are free together at every moment between two times, so many at most.</summary>
    public int Pieces(ReadOnlySpan<long> asked, long from, long to, int most)
    {
        for (var step = 0; step < _steps && _at[step] < to && most > 0; step++)
        {
            if ((step + 1 < _steps ? _at[step + 1] : Never) <= from) continue;
            for (var kind = 0; kind < asked.Length; kind++)
            {
                if (asked[kind] > 0) most = (int)Math.Min(most, Math.Max(0, kind < kinds ? _free[(step * kinds) + kind] / asked[kind] : 0));
            }
        }

        return most;
    }

    /// <summary>The first time, not before <paramref name="from"/>, from which this much is free for so long; <see cref="Never"/> when there is none.</summary>
    public long Earliest(ReadOnlySpan<long> asked, long duration, long from)
    {
        var start = -1L;
        for (var step = 0; step < _steps; step++)
        {
            var ends = step + 1 < _steps ? _at[step + 1] : Never;
            if (ends <= from) continue;
            if (!Holds(step, asked))
            {
                start = -1;
                continue;
            }

            if (start < 0) start = Math.Max(from, _at[step]);
            if (ends == Never || (duration != Never && ends - start >= duration)) return start;
        }

        return Never;
    }

    private void Change(long from, long to, ReadOnlySpan<long> amounts, int sign)
    {
        if (to <= from || from == Never) return;
        var first = StepAt(from);
        var last = to == Never ? _steps : StepAt(to);
        for (var step = first; step < last; step++) Add(step, amounts, sign);
    }

    /// <summary>The step that begins at a time, made if there is none.</summary>
    private int StepAt(long time)
    {
        var at = Array.BinarySearch(_at, 0, _steps, time);
        if (at >= 0) return at;
        at = ~at;
        if (at == 0) return 0;              // before the profile begins
        if (_steps == _at.Length)
        {
            Array.Resize(ref _at, _steps * 2);
            Array.Resize(ref _free, _steps * 2 * kinds);
        }

        Array.Copy(_at, at, _at, at + 1, _steps - at);
        Array.Copy(_free, at * kinds, _free, (at + 1) * kinds, (_steps - at) * kinds);
        _at[at] = time;
        Array.Copy(_free, (at - 1) * kinds, _free, at * kinds, kinds);
        _steps++;
        return at;
    }

    private bool Holds(int step, ReadOnlySpan<long> asked)
    {
        for (var kind = 0; kind < asked.Length; kind++)
        {
            if (asked[kind] > (kind < kinds ? _free[(step * kinds) + kind] : 0) && asked[kind] > 0) return false;
        }

        return true;
    }

    private void Add(int step, ReadOnlySpan<long> amounts, int sign)
    {
        for (var kind = 0; kind < Math.Min(kinds, amounts.Length); kind++) _free[(step * kinds) + kind] += sign * amounts[kind];
    }

    private void Put(int step, ReadOnlySpan<long> amounts)
    {
        for (var kind = 0; kind < kinds; kind++) _free[(step * kinds) + kind] = kind < amounts.Length ? amounts[kind] : 0;
    }
}
