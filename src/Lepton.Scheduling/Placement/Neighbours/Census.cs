using Lepton.Model;

namespace Lepton.Scheduling.Placement.Neighbours;

/// <summary>How many tasks of a crowd are in each failure domain of this region, and in each other region as far as it sent them there.</summary>
internal sealed class Census(Crowd crowd, DomainLevel level)
{
    private readonly Dictionary<RegionId, int> _elsewhere = [];
    private int[] _at = new int[4];

    public Crowd Crowd => crowd;

    public DomainLevel Level => level;

    public int Here { get; private set; }

    public int Everywhere { get; private set; }

    /// <summary>Tasks in a domain of this region; 0 for a node that stands in none.</summary>
    public int At(NodeEntry node) => At(node.DomainAt(level));

    public int At(int domain) => (uint)domain < (uint)_at.Length ? _at[domain] : 0;

    public int In(RegionId region) => _elsewhere.GetValueOrDefault(region);

    public void Add(Abode abode, int sign)
    {
        Everywhere += sign;
        if (abode.Node is not { } node)
        {
            _elsewhere[abode.Region] = In(abode.Region) + sign;
            return;
        }

        Here += sign;
        var domain = node.DomainAt(level);
        if (domain < 0) return;
        if (domain >= _at.Length) Array.Resize(ref _at, Math.Max(domain + 1, _at.Length * 2));
        _at[domain] += sign;
    }

    public void Clear()
    {
        Array.Clear(_at);
        _elsewhere.Clear();
        (Here, Everywhere) = (0, 0);
    }
}
