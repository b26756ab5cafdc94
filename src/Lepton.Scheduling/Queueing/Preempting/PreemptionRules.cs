using Lepton.Model;
using Lepton.Scheduling.Queueing.FairShare;

namespace Lepton.Scheduling.Queueing.Preempting;

/// <summary>Who may put whom off. The rules are strict orders, so that no two tasks put each other off.</summary>
/// <remarks>
/// Within a queue: higher priority puts off lower. Between queues of a cohort: a queue that stays within its own quota takes it back from one that
/// borrows, while the borrower is left no worse than the taker: over(taker with the task) ≤ over(borrower without the victims) &lt; over(borrower
/// with them). Each such step makes the list of all overs, largest first, smaller: there is no way back.
/// </remarks>
internal class PreemptionRules(QueueTree tree, QuotaBook quotas, TimeSpan minimumRun)
{
    /// <summary>Whether one task may be thought of as a victim; what a set of victims leaves is asked of <see cref="Leaves"/>.</summary>
    public virtual bool MayPutOff(Preemptor preemptor, RunningTask victim, DateTimeOffset now)
    {
        if (!victim.MayBePutOff || !victim.IsOldEnough(now, minimumRun)) return false;
        if (victim.Queue == preemptor.Queue) return tree.SettingsOf(preemptor.Queue).PreemptsLowerPriority && victim.Priority < preemptor.Priority;
        return MayReclaim(preemptor, victim);
    }

    private bool MayReclaim(Preemptor preemptor, RunningTask victim)
    {
        var policy = tree.SettingsOf(preemptor.Queue).Reclaim;
        if (policy == ReclaimPolicy.Never || (policy == ReclaimPolicy.LowerPriority && victim.Priority >= preemptor.Priority)) return false;
        if (!tree.Fork(preemptor.Queue, victim.Queue, out var own, out var other) || tree.ParentOf(own) == QueueTree.Root) return false;
        return quotas.Over(own, preemptor.Amounts, 1) <= 0 && quotas.Over(other, [], 1) > 0;
    }

    /// <summary>
    /// Whether a set of victims that was taken out of the quotas leaves every borrower no worse than the taker. Victims of the same queue always do.
    /// </summary>
    public bool Leaves(Preemptor preemptor, IReadOnlyList<RunningTask> victims)
    {
        Span<long> freed = stackalloc long[quotas.Kinds];
        for (var i = 0; i < victims.Count; i++)
        {
            if (victims[i].Queue == preemptor.Queue) continue;
            if (!tree.Fork(preemptor.Queue, victims[i].Queue, out var own, out var other)) return false;
            freed.Clear();
            foreach (var victim in victims)
            {
                if (victim.Queue == preemptor.Queue || !tree.Fork(preemptor.Queue, victim.Queue, out _, out var side) || side != other) continue;
                for (var kind = 0; kind < freed.Length && kind < victim.Amounts.Length; kind++) freed[kind] += victim.Amounts[kind];
            }

            var without = quotas.Over(other, [], 1);
            if (!(quotas.Over(own, preemptor.Amounts, 1) <= without && without < quotas.Over(other, freed, 1))) return false;
        }

        return true;
    }
}
