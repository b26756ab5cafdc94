namespace Lepton.Simulation.World;

/// <summary>What happens next, and the virtual time: the only clock there is. Time is in ticks of 100 ns since the start of the run.</summary>
/// <remarks>Events of one instant happen in the order in which they were asked for, so a run depends on nothing but its seed.</remarks>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, (long At, long Number)> _queue = new();
    private long _number;

    public long Now { get; private set; }

    /// <summary>Events that did something.</summary>
    public long Steps { get; private set; }

    public void At(long at, Action what) => _queue.Enqueue(what, (Math.Max(at, Now), ++_number));

    public void After(long ticks, Action what) => At(Now + ticks, what);

    /// <summary>The event that runs found nothing to do (a timeout of an answered call): it is no step.</summary>
    public void Moot() => Steps--;

    /// <summary>Runs the next event. False: nothing is left.</summary>
    public bool RunNext()
    {
        if (!_queue.TryDequeue(out var what, out var when)) return false;
        Now = when.At;
        Steps++;
        what();
        return true;
    }
}
