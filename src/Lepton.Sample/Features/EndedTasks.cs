namespace Lepton.Sample.Features;

/// <summary>
/// What is known at one moment of one group of tasks: the durations of those that have ended, and the ages of those that
/// have not. A duration enters only through <see cref="End"/>.
/// </summary>
internal sealed class EndedTasks
{
    /// <summary>Weight of the newest duration in the running mean: about the last five tasks count.</summary>
    private const double Freshness = 0.3;

    /// <summary>Tasks of the wider group that weigh as much as the group's own.</summary>
    private const double Doubt = 3;

    private double _sum;
    private double _sumOfSquares;
    private double _running;
    private long _lastEnded;
    private long _lastSubmitted = -1;
    private double _submittedSum;
    private int _failed;

    /// <summary>How many have ended.</summary>
    public int Ended { get; private set; }

    /// <summary>How many were submitted and have not ended.</summary>
    public int Open { get; private set; }

    /// <summary>Target of the task that ended last.</summary>
    public double Last { get; private set; }

    /// <summary>Target of the task that ended before the last one; the last one's while there is no other.</summary>
    public double BeforeLast { get; private set; }

    /// <summary>
    /// The mean drawn towards that of a wider group, as if <see cref="Doubt"/> of its tasks had been seen: few tasks say little.
    /// </summary>
    public double Shrunk(double wider) => (_sum + Doubt * wider) / (Ended + Doubt);

    public double Mean => _sum / Ended;

    /// <summary>Mean that forgets: recent tasks weigh most.</summary>
    public double RecentMean => _running;

    public double Deviation => Math.Sqrt(Math.Max(0, _sumOfSquares / Ended - Mean * Mean));

    public double FailedShare => (double)_failed / Ended;

    public double SecondsSinceEnd(long now) => now - _lastEnded;

    public double? SecondsSinceSubmit(long now) => _lastSubmitted < 0 ? null : now - _lastSubmitted;

    /// <summary>Mean age in seconds of the open ones: a lower bound of what they will take.</summary>
    public double OpenAge(long now) => Open == 0 ? 0 : now - _submittedSum / Open;

    public void Submit(long created)
    {
        Open++;
        _submittedSum += created;
        _lastSubmitted = created;
    }

    public void End(long created, long deleted, double target, bool failed)
    {
        Open--;
        _submittedSum -= created;
        _running = Ended == 0 ? target : _running + Freshness * (target - _running);
        Ended++;
        _sum += target;
        _sumOfSquares += target * target;
        _lastEnded = deleted;
        BeforeLast = Ended == 1 ? target : Last;
        Last = target;
        if (failed) _failed++;
    }
}
