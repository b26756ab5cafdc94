namespace Lepton.Scheduling.Annealing.Placing;

/// <summary>How many tasks of each group are away from home, and the largest such number: a histogram keeps it in O(1).</summary>
internal sealed class GroupMoves(GroupRow[] groups, int largestGroup, double weight)
{
    private readonly int[] _groupsWith = new int[largestGroup + 2];
    private int _max;
    private int _elsewhere;

    public int Max => Math.Max(_max, _elsewhere);

    /// <summary>Counts from scratch over the groups that this part owns.</summary>
    public void Reset(int part)
    {
        Array.Clear(_groupsWith);
        _max = 0;
        foreach (ref readonly var group in groups.AsSpan())
        {
            if (group.Owner != part) continue;
            _groupsWith[group.Moved]++;
            _max = Math.Max(_max, group.Moved);
        }
    }

    public int OwnMax => _max;

    public void SeeElsewhere(int max) => _elsewhere = max;

    /// <summary>Price of one more (+1) or one less (−1) moved task of the group.</summary>
    public double Price(int group, int change)
    {
        if (weight == 0) return 0;
        var before = Max;
        Apply(group, change);
        var after = Max;
        Apply(group, -change);
        return weight * (after - before);
    }

    public double Price(int group, int change, int other, int otherChange)
    {
        if (weight == 0) return 0;
        var before = Max;
        Apply(group, change);
        Apply(other, otherChange);
        var after = Max;
        Apply(other, -otherChange);
        Apply(group, -change);
        return weight * (after - before);
    }

    /// <summary>Price for a group of one task, whose count is known without a look: 0 before it leaves, 1 before it returns.</summary>
    public double PriceAlone(int change)
    {
        if (weight == 0 || Max > 1 || (Max == 1 && (change > 0 || _groupsWith[1] > 1))) return 0;
        return Max == 1 && (_elsewhere == 1 || change > 0) ? 0 : weight * change;
    }

    /// <summary>A group of one task left home (+1) or returned (−1).</summary>
    public void CountAlone(int change, ref GroupRow group)
    {
        group.Moved += change;
        Count(change > 0 ? 0 : 1, change > 0 ? 1 : 0);
    }

    public void Apply(int group, int change)
    {
        if (change == 0) return;
        ref var moved = ref groups[group].Moved;
        Count(moved, moved + change);
        moved += change;
    }

    /// <summary>One group had so many moved tasks and has another number now.</summary>
    public void Count(int old, int now)
    {
        _groupsWith[old]--;
        _groupsWith[now]++;
        if (now > _max) _max = now;
        else if (old == _max && _groupsWith[old] == 0) _max = now;
    }
}
