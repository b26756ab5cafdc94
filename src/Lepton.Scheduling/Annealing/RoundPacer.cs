using System.Collections.Immutable;

namespace Lepton.Scheduling.Annealing;

/// <summary>Turns a time limit into moves, round by round, and keeps what it gave, so that a pass stopped by time can be replayed.</summary>
/// <remarks>
/// The caller has the clock. Rounds stay as they are while the end is in sight within <see cref="Slack"/>: as a rule the log is one number.
/// When the time is over, the rounds left get few moves each, so that the pass still cools to its end.
/// </remarks>
public sealed class RoundPacer
{
    /// <summary>Share by which the end may be missed before rounds are resized.</summary>
    public const double Slack = 0.04;

    private const long LeastMoves = 1_000;

    private readonly List<(long Moves, int Rounds)> _runs = [];
    private readonly int _rounds;
    private long _moves;
    private int _round;

    /// <param name="rounds">Rounds of the whole pass.</param>
    /// <param name="seconds">Time the pass may take.</param>
    /// <param name="movesPerSecond">As a trial measured it.</param>
    public RoundPacer(int rounds, double seconds, double movesPerSecond)
    {
        _rounds = rounds;
        _moves = Even(seconds, movesPerSecond, rounds);
    }

    /// <summary>Moves of the whole pass as things stand: the budget to plan the temperature by.</summary>
    public long Planned => _moves * _rounds;

    public bool IsDone => _round >= _rounds;

    /// <summary>How far the pass has come after the round given last.</summary>
    public double Progress => _round / (double)_rounds;

    public RoundLog Log => new([.. _runs]);

    /// <summary>Moves of the next round.</summary>
    public long Next(double secondsLeft, double movesPerSecond)
    {
        var even = Even(secondsLeft, movesPerSecond, _rounds - _round);
        var missed = Math.Abs(even - _moves) * (double)(_rounds - _round) / Math.Max(1, Planned);
        if (_round > 0 && missed > Slack) _moves = even;
        _round++;
        if (_runs.Count > 0 && _runs[^1].Moves == _moves) _runs[^1] = (_moves, _runs[^1].Rounds + 1);
        else _runs.Add((_moves, 1));
        return _moves;
    }

    private static long Even(double seconds, double movesPerSecond, int rounds) =>
        Math.Max(LeastMoves, (long)(Math.Max(0, seconds) * movesPerSecond / Math.Max(1, rounds)));
}
