namespace Lepton.Agent;

/// <summary>
/// Reads the wishes to leave out of signals: the first asks to leave in order, a later one means "now". What follows within a second is the
/// same wish: Ctrl-C reaches a fleet and its agents alike, and the fleet then asks its agents as well.
/// </summary>
internal sealed class LeaveAsks(TimeProvider time)
{
    public static readonly TimeSpan SameWish = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long? _first;

    /// <summary>A signal has come. True: leave now. False: leave in order.</summary>
    public bool MeansNow()
    {
        lock (_gate)
        {
            var at = time.GetTimestamp();
            _first ??= at;
            return time.GetElapsedTime(_first.Value, at) > SameWish;
        }
    }
}
