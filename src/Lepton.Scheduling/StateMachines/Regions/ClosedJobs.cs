using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <summary>
/// What must be remembered of jobs that are not in the queue: those over, so that a late repeat of their readiness queues nothing, and wishes to
/// withdraw that came before the job itself. Bounded.
/// </summary>
internal sealed class ClosedJobs(int limit)
{
    private readonly Dictionary<JobId, Wish> _wishes = [];
    private readonly Queue<JobId> _order = new();

    public void Close(JobId job) => Of(job).IsClosed = true;

    public bool IsClosed(JobId job) => _wishes.TryGetValue(job, out var wish) && wish.IsClosed;

    public void Withdraw(JobId job, ImmutableArray<int>? indexes)
    {
        var wish = Of(job);
        if (indexes is { } some) wish.Indexes.UnionWith(some);
        else wish.WithdrawsAll = true;
    }

    public bool WithdrawsAll(JobId job) => _wishes.TryGetValue(job, out var wish) && wish.WithdrawsAll;

    public IReadOnlyCollection<int> WithdrawnOf(JobId job) => _wishes.TryGetValue(job, out var wish) ? wish.Indexes : [];

    private Wish Of(JobId job)
    {
        if (_wishes.TryGetValue(job, out var known)) return known;
        var wish = new Wish();
        _wishes.Add(job, wish);
        _order.Enqueue(job);
        if (_order.Count > limit) _wishes.Remove(_order.Dequeue());
        return wish;
    }

    private sealed class Wish
    {
        public bool IsClosed { get; set; }

        public bool WithdrawsAll { get; set; }

        public SortedSet<int> Indexes { get; } = [];
    }
}
