namespace Lepton.Hosting;

/// <summary>
/// Whether a region is worth a call now. Open after a lost connection or several silences in a row; then one caller at a time, at a pace,
/// tries the way, and the first answer closes it: a region that is gone costs its callers nothing, one that is back is noticed soon.
/// </summary>
internal sealed class Breaker(int timeoutsToTrip, TimeSpan probeEvery, TimeProvider time)
{
    private readonly Lock _gate = new();
    private string? _why;
    private int _silences;
    private bool _probing;
    private long _lastProbe;

    /// <summary>Why calls are refused; null = they are not.</summary>
    public string? Why
    {
        get
        {
            lock (_gate) return _why;
        }
    }

    /// <summary>False: do not call, here is why. True: call, then say <see cref="Answered"/> or <see cref="Failed"/>.</summary>
    public bool TryEnter(out string why)
    {
        lock (_gate)
        {
            why = _why ?? "";
            if (_why is null) return true;
            if (_probing || time.GetElapsedTime(_lastProbe) < probeEvery) return false;
            _probing = true;
            _lastProbe = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>An answer came, whatever it says.</summary>
    public void Answered()
    {
        lock (_gate)
        {
            _why = null;
            _silences = 0;
            _probing = false;
        }
    }

    /// <summary>No answer came.</summary>
    /// <param name="lost">There was no connection at all: no need to wait for more of the kind.</param>
    public void Failed(string why, bool lost)
    {
        lock (_gate)
        {
            _probing = false;
            _lastProbe = time.GetTimestamp();
            if (lost || ++_silences >= timeoutsToTrip) _why = why;
        }
    }
}
