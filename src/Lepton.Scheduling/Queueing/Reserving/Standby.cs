namespace Lepton.Scheduling.Queueing.Reserving;

/// <summary>Which empty nodes are held free for work that lost its place: so many, or a share of all, whichever is more.</summary>
/// <remarks>
/// Sticky: a node held free stays so while it is empty and ready, so that the choice does not wander with every pass; after that the last by number,
/// because placement takes the first. Cost: O(nodes). Nothing is allocated after the first call of a size.
/// </remarks>
internal sealed class Standby(int nodes, double percent)
{
    private bool[] _held = [];

    public bool IsOff => nodes <= 0 && percent <= 0;

    public int Held { get; private set; }

    /// <summary>How many are to be held free of so many ready ones; never all of them.</summary>
    public int Wanted(int ready) => Math.Min(Math.Max(nodes, (int)Math.Ceiling(ready * percent / 100 - 1e-9)), Math.Max(0, ready - 1));

    public bool IsHeld(int node) => node < _held.Length && _held[node];

    /// <param name="ready">Nodes that take work.</param>
    /// <param name="empty">Of these, those on which nothing runs and nothing is on its way.</param>
    public void Choose(ReadOnlySpan<bool> ready, ReadOnlySpan<bool> empty)
    {
        if (_held.Length != ready.Length) Array.Resize(ref _held, ready.Length);
        var (count, wanted) = (0, 0);
        foreach (var isReady in ready) wanted += isReady ? 1 : 0;
        wanted = Wanted(wanted);
        for (var node = 0; node < ready.Length; node++)
        {
            _held[node] &= ready[node] && empty[node] && count < wanted;
            count += _held[node] ? 1 : 0;
        }

        for (var node = ready.Length - 1; node >= 0 && count < wanted; node--)
        {
            if (_held[node] || !ready[node] || !empty[node]) continue;
            _held[node] = true;
            count++;
        }

        Held = count;
    }
}
