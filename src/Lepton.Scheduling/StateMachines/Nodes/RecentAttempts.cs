using Lepton.Model;

namespace Lepton.Scheduling.StateMachines.Nodes;

/// <summary>The last attempts that ended here, so that an offer that comes late is not run a second time. Bounded, in memory.</summary>
internal sealed class RecentAttempts(int limit)
{
    private readonly HashSet<AttemptId> _known = [];
    private readonly Queue<AttemptId> _order = new();

    public bool Contains(AttemptId attempt) => _known.Contains(attempt);

    public void Add(AttemptId attempt)
    {
        if (!_known.Add(attempt)) return;
        _order.Enqueue(attempt);
        if (_order.Count > limit) _known.Remove(_order.Dequeue());
    }
}
