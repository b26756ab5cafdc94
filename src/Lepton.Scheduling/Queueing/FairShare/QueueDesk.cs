using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement;

namespace Lepton.Scheduling.Queueing.FairShare;

/// <summary>The queues of a region: whose turn it is, who may have how much, and what each holds.</summary>
internal sealed class QueueDesk
{
    private readonly List<long> _totals = [];
    private ImmutableArray<QueueView> _views;
    private long _totalsAt = -1;

    public QueueDesk(ImmutableArray<QueueSettings> settings)
    {
        Tree = new QueueTree(settings);
        Quotas = new QuotaBook(Tree, Kinds);
        Shares = new ShareTree(Tree, Kinds.Count);
    }

    public ResourceKinds Kinds { get; } = new();

    public QueueTree Tree { get; }

    public QuotaBook Quotas { get; }

    public ShareTree Shares { get; }

    /// <summary>All there is in the region, by kind.</summary>
    public ReadOnlySpan<long> Totals => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_totals);

    /// <summary>The queue's number; -1 when the region has none of this name.</summary>
    public int Find(string queue) => Tree.FindQueue(queue);

    public string Names => string.Join(", ", Tree.Queues.Select(Tree.NameOf).Order(StringComparer.Ordinal));

    /// <summary>What each queue could hold if nobody else held anything.</summary>
    public ImmutableArray<QueueView> Views => _views.IsDefault ? _views = [.. Tree.Queues.Select(View)] : _views;

    private QueueView View(int queue) => new(
        Tree.NameOf(queue),
        [.. Enumerable.Range(0, Quotas.Kinds).Where(kind => Quotas.IsMetered(queue, kind)).Select(kind => new QueueCeiling(Kinds.NameOf(kind), Quotas.Ceiling(queue, kind)))]);

    /// <summary>What a task of this shape counts as; worked out once per shape.</summary>
    public long[] AmountsOf(TaskShape shape)
    {
        if (shape.Amounts is { } known) return known;
        var amounts = shape.Amounts = Amounts.Of(shape.Demand, Kinds);
        Shares.Widen(Kinds.Count);
        return amounts;
    }

    public void Charge(int queue, long[] amounts)
    {
        Quotas.Charge(queue, amounts);
        Shares.Charge(queue, amounts);
    }

    public void Release(int queue, long[] amounts)
    {
        Quotas.Release(queue, amounts);
        Shares.Release(queue, amounts);
    }

    /// <summary>Counts what there is, if nodes have changed since.</summary>
    public void Count(NodeLedger ledger)
    {
        if (_totalsAt == ledger.Openings) return;
        _totalsAt = ledger.Openings;
        _totals.Clear();
        foreach (var node in ledger.Nodes)
        {
            if (node.Spec is { } spec && node.Phase != NodePhase.Lost) Amounts.AddAll(spec, Kinds, _totals);
        }

        Shares.Widen(Kinds.Count);
        Shares.SetTotals(Totals);
    }
}
