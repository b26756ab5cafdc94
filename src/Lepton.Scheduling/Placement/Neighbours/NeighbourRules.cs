using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Explaining;

namespace Lepton.Scheduling.Placement.Neighbours;

/// <summary>Everything that a task asks of its neighbours and they of it, with the counts as they are now.</summary>
/// <remarks>
/// Cost: O(terms) for a node, nothing allocated. With a limit on skew O(nodes) more, once for each change of the ledger, to know which domains could take
/// the task: those with a ready node that is held for nobody and would be large enough, were it empty.
/// </remarks>
/// <param name="site">Where its gang should stand; null: it is of no gang, or asks itself not to stand together.</param>
internal sealed class NeighbourRules(Neighbourhood book, NodeLedger ledger, ImmutableArray<NearTerm> musts, ImmutableArray<NearTerm> wishes, GangSite? site = null)
{
    private readonly bool _hasSkew = musts.Any(t => t.MaxSkew > 0);
    private readonly HashSet<int> _open = [];
    private long _floorAt = -1;
    private int _floor;

    public ImmutableArray<NearTerm> Musts => musts;

    public ImmutableArray<NearTerm> Wishes => wishes;

    /// <summary>Some wish is about regions: which of them is taken counts.</summary>
    public bool HasRegionWishes { get; } = wishes.Any(t => t.By == DomainLevel.Region);

    /// <summary>Tasks like it must not be together: where one finds room, the next may find none.</summary>
    public bool KeepsItsOwnApart { get; } = musts.Any(t => t.Kind != NearKind.Near && t.IsAboutItself);

    public GangSite? Site => site;

    /// <summary>No count is asked: where one task of it goes changes nothing for the next.</summary>
    public bool IsStill { get; } = musts.IsEmpty && wishes.IsEmpty;

    /// <summary>Grows whenever an answer may be another than before.</summary>
    public long Version => (IsStill ? 0 : _hasSkew ? book.Revision + ledger.Revision : book.Revision) + (site?.Version ?? 0);

    public string Key { get; } = string.Concat(musts.Select(t => $"!{t.Key}").Concat(wishes.Select(t => $"~{t.Key}")).Append(site is null ? "" : "@"));

    /// <summary>Tasks like it that a node may have at most more than it has now, by its own rules.</summary>
    public int MostOnNode { get; } = musts.Where(t => t.By == DomainLevel.Node && t.IsAboutItself).Select(t => t.Limit).DefaultIfEmpty(int.MaxValue).Min();

    /// <summary>Tasks like it must all be in one domain of this level; null: they need not.</summary>
    public DomainLevel? MustShare { get; } = musts.Where(t => t.Kind == NearKind.Near && t.IsAboutItself && t.By != DomainLevel.Region).Select(t => (DomainLevel?)t.By).Min();

    /// <summary>Whether a node breaks a rule of this kind.</summary>
    public bool TurnsDown(NearKind kind, TaskShape shape, NodeEntry node)
    {
        foreach (var term in musts)
        {
            if (term.Kind == kind && term.TurnsDown(node, term.MaxSkew > 0 ? Floor(term, shape) : 0)) return true;
        }

        return false;
    }

    public bool TurnsDown(TaskShape shape, NodeEntry node) =>
        TurnsDown(NearKind.Near, shape, node) || TurnsDown(NearKind.Away, shape, node) || TurnsDown(NearKind.Spread, shape, node);

    /// <summary>How well a node fulfils the wishes, in [0, 1]; 1 where there are none.</summary>
    public double Wish(NodeEntry node)
    {
        if (wishes.IsEmpty) return 1;
        var sum = 0.0;
        foreach (var term in wishes) sum += term.Wish(node);
        return sum / wishes.Length;
    }

    /// <summary>The same for a region as a whole: only wishes about regions count.</summary>
    public double Wish(RegionId region, bool isSelf)
    {
        var sum = 0.0;
        foreach (var term in wishes)
        {
            if (term.By == DomainLevel.Region) sum += term.Wish(isSelf ? term.Census.Here : term.Census.In(region));
        }

        return sum;
    }

    /// <summary>The term that stands against sending it, or so many at once, to another region; null when none does.</summary>
    public NearTerm? Against(Peer peer, int tasks = 1)
    {
        foreach (var term in musts)
        {
            if (!term.MayHoldIn(peer, tasks)) return term;
        }

        return null;
    }

    /// <summary>Tasks in the emptiest domain that could take one more.</summary>
    public int Floor(NearTerm term, TaskShape shape)
    {
        if (_floorAt == Version) return _floor;
        _floorAt = Version;
        _open.Clear();
        foreach (var node in ledger.NodeSpan)
        {
            if (node.Phase == NodePhase.Ready && node.HeldFor is null && node.DomainAt(term.By) is var domain && domain >= 0 && OwnRegion.CouldEverFit(shape, node)) _open.Add(domain);
        }

        _floor = int.MaxValue;
        foreach (var domain in _open) _floor = Math.Min(_floor, term.Census.At(domain));
        return _floor;
    }
}
