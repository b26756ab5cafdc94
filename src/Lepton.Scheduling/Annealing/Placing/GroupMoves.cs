namespace Lepton.Scheduling.Annealing.Placing;

/// <summary>How many tasks of each group are away from home, and the largest such number: a histogram keeps it in O(1).</summary>
internal sealed class GroupMoves(int[] moved, int largestGroup, double weight)
{
    private readonly int[] _groupsWith = new int[largestGroup + 2];
    private int _max;
    private int _elsewhere;

    public int Max => Math.Max(_max, _elsewhere);

    /// <summary>Counts from scratch over the groups that this part owns.</summary>
    public void Reset(ReadOnlySpan<int> owner, int part, int elsewhere)
    {
        Array.Clear(_groupsWith);
        _max = 0;
        for (var g = 0; g < moved.Length; g++)
        {
            if (owner[g] != part) continue;
            _groupsWith[moved[g]]++;
            _max = Math.Max(_max, moved[g]);
        }

        _elsewhere = elsewhere;
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

    public void Apply(int group, int change)
    {
        if (change == 0) return;
        var old = moved[group];
        var now = old + change;
        moved[group] = now;
        _groupsWith[old]--;
        _groupsWith[now]++;
        if (now > _max) _max = now;
        else if (old == _max && _groupsWith[old] == 0) _max = now;
    }
}
