using System.Collections.Immutable;
using CsCheck;
using Lepton.Scheduling.Queueing.Reserving;

namespace Lepton.Scheduling.Tests.Queueing.Reserving;

public sealed class DomainLimitsTests
{
    private static readonly Gen<(int[] Domains, int[] There, int Most, int Skew, int[] Room, int Pieces)> Cases = Gen.Select(
        Gen.Int[-1, 2].Array[1, 5], Gen.Int[0, 2].Array[3], Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 3].Array[5], Gen.Int[1, 5]);

    [Fact]
    public void Finds_places_by_one_rule_whenever_there_are_any() => Cases.Sample((domains, there, most, skew, room, pieces) =>
    {
        var rule = Rule(domains, there) with { Most = most == 0 ? int.MaxValue : most, Skew = skew, Open = [.. domains.Where(d => d >= 0).Distinct()], CountsPieces = true };
        var nodes = domains.Select((_, n) => (n, room[n])).ToList();
        var found = new List<Piece>();

        var can = new DomainLimits([rule]).Place(pieces, nodes, found);

        Assert.Equal(CanStepByStep([rule], pieces, room[..domains.Length]), can);
        if (!can) return;
        Assert.Equal(pieces, found.Sum(p => p.Count));
        Assert.All(found, p => Assert.InRange(p.Count, 1, room[p.Node]));
    }, iter: 3000);

    /// <summary>Nodes in racks in zones, a limit on each level.</summary>
    [Fact]
    public void Finds_places_in_domains_within_domains_whenever_there_are_any() => Gen.Select(Gen.Int[1, 6], Gen.Int[1, 2], Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[0, 3].Array[6], Gen.Int[1, 6])
        .Sample((count, node, rack, zone, room, pieces) =>
    {
        ImmutableArray<DomainRule> rules =
        [
            Rule([.. Enumerable.Range(0, count)], new int[6]) with { Most = node, CountsPieces = true },
            Rule([.. Enumerable.Range(0, count).Select(n => n / 2)], new int[3]) with { Most = rack, CountsPieces = true },
            Rule([.. Enumerable.Range(0, count).Select(n => n / 4)], new int[2]) with { Most = zone, CountsPieces = true },
        ];

        Assert.Equal(
            CanStepByStep(rules, pieces, room[..count]),
            new DomainLimits(rules).Place(pieces, [.. Enumerable.Range(0, count).Select(n => (n, room[n]))], null));
    }, iter: 2000);

    [Fact]
    public void What_must_be_near_each_other_is_put_where_all_have_room()
    {
        var near = Rule([0, 0, 1, 1], new int[2]) with { IsNear = true, CountsPieces = true };
        var found = new List<Piece>();

        Assert.True(new DomainLimits([near]).Place(3, [(0, 1), (1, 1), (2, 2), (3, 2)], found));
        Assert.Equal([new Piece(2, 2), new Piece(3, 1)], found);
        Assert.False(new DomainLimits([near]).Place(5, [(0, 1), (1, 1), (2, 2), (3, 2)], null));
        Assert.False(new DomainLimits([near with { There = [1, 0], Everywhere = 1 }]).Place(3, [(0, 1), (1, 1), (2, 2), (3, 2)], null));
    }

    [Fact]
    public void Counts_who_comes_and_who_will_have_left()
    {
        var limits = new DomainLimits([Rule([0, 1], [1, 0]) with { Most = 1, CountsPieces = true }]);
        limits.Leaves(0, 1, 1, end: 10);
        limits.Comes(1, 1, 1, end: 20);

        limits.At(0);
        Assert.Equal((0, 0), (limits.RoomOn(0, 1), limits.RoomOn(1, 1)));
        limits.At(10);
        Assert.Equal((1, 0), (limits.RoomOn(0, 1), limits.RoomOn(1, 1)));
        limits.At(20);
        Assert.True(limits.Allows([new Piece(0, 1), new Piece(1, 1)]));
        Assert.False(limits.Allows([new Piece(0, 2)]));
        limits.Move(1, 1, 1);
        Assert.False(limits.Allows([new Piece(0, 1), new Piece(1, 1)]));
    }

    private static DomainRule Rule(int[] domains, int[] there) => new([.. domains], [.. there], there.Sum());

    /// <summary>Brute force: one piece after the other, on every node that takes it.</summary>
    private static bool CanStepByStep(ImmutableArray<DomainRule> rules, int pieces, int[] room)
    {
        if (pieces == 0) return true;
        for (var node = 0; node < room.Length; node++)
        {
            if (room[node] == 0 || !rules.All(rule => Takes(rule, node))) continue;
            int[] less = [.. room];
            less[node]--;
            var after = rules.Select(r => r.DomainOf[node] is >= 0 and var d ? r with { There = r.There.SetItem(d, r.There[d] + 1), Everywhere = r.Everywhere + 1 } : r).ToImmutableArray();
            if (CanStepByStep(after, pieces - 1, less)) return true;
        }

        return false;
    }

    private static bool Takes(DomainRule rule, int node) =>
        rule.DomainOf[node] is >= 0 and var domain && rule.There[domain] < rule.Most
        && (rule.Skew == 0 || rule.There[domain] + 1 - rule.Open.Min(d => rule.There[d]) <= rule.Skew);
}
