using System.Collections.Immutable;
using CsCheck;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Scheduling.Tests.Annealing;

/// <summary>Small random placement problems with every rule in them, and a valid start.</summary>
internal static class RandomPlacements
{
    public sealed record Problem(PlacementModel Model, int[] Start);

    public static readonly Gen<Problem> Any = Gen.Select(Gen.ULong, Gen.Int[2, 9], Gen.Int[1, 24], Gen.Int[1, 20])
        .Select((seed, nodes, tasks, resources) => Make(seed, nodes, tasks, resources));

    /// <summary>Capacity is dealt around the start, so that the start is valid and rooms are tight.</summary>
    public static Problem Make(ulong seed, int nodes, int tasks, int resources)
    {
        var random = new SeedStream(seed);
        var groups = (tasks + 1) / 2;
        var groupOf = Enumerable.Range(0, tasks).Select(t => t < groups ? t : random.Next(groups)).ToArray();
        var start = Start(nodes, groups, groupOf, ref random);
        var nodeDomains = Enumerable.Range(0, nodes).Select(_ => (Location: random.Next(4), Hood: random.Next(3))).ToArray();
        var needs = Enumerable.Range(0, tasks).Select(_ => Row(resources, 30, ref random)).ToArray();
        var kinds = Enumerable.Range(0, resources).Select(_ => new PlacementResource(random.Chance(0.4), random.Next(5))).ToImmutableArray();
        var placed = Enumerable.Range(0, nodes).Select(n => Capacity(n, start, needs, resources, ref random)).ToArray();
        var model = new PlacementModel
        {
            Resources = kinds,
            Nodes = [.. placed.Select((c, n) => new PlacementNode(c, [.. c.Select(x => x * 3 / 4)], nodeDomains[n].Location, nodeDomains[n].Hood))],
            Groups = Groups(groups, groupOf, start, nodeDomains, ref random),
            Tasks = [.. needs.Select((need, t) => new PlacementTask(groupOf[t], need, t % 5, start[t]))],
            Balances = resources < 2 ? [] : [new PlacementBalance(0, 1, 2, 3)],
            Prices = new MovePrices(1, 7, 2),
            Routes = RouteTable.From([.. Enumerable.Range(0, nodes).Select(a => Enumerable.Range(0, nodes).Select(b => (long)((a ^ b) % 3)).ToArray())]),
        };
        return new Problem(model, start);
    }

    private static int[] Start(int nodes, int groups, int[] groupOf, ref SeedStream random)
    {
        var taken = new HashSet<(int, int)>();
        var start = new int[groupOf.Length];
        for (var t = 0; t < start.Length; t++)
        {
            // The first free pair of node and group from a random node on.
            var (node, group) = (random.Next(nodes), groupOf[t]);
            for (var tries = 1; !taken.Add((group, node)); tries++)
            {
                node = (node + 1) % nodes;
                if (tries % nodes == 0) group = (group + 1) % groups;
            }

            groupOf[t] = group;
            start[t] = node;
        }

        return start;
    }

    private static ImmutableArray<long> Row(int count, int below, ref SeedStream random)
    {
        var row = ImmutableArray.CreateBuilder<long>(count);
        for (var i = 0; i < count; i++) row.Add(random.Next(below));
        return row.MoveToImmutable();
    }

    private static ImmutableArray<long> Capacity(
        int node, int[] start, ImmutableArray<long>[] needs, int resources, ref SeedStream random)
    {
        var capacity = new long[resources];
        for (var r = 0; r < resources; r++)
        {
            for (var t = 0; t < start.Length; t++) capacity[r] += start[t] == node ? needs[t][r] : 0;
            capacity[r] += random.Next(60);
        }

        return [.. capacity];
    }

    private static ImmutableArray<PlacementGroup> Groups(
        int count, int[] groupOf, int[] start, (int Location, int Hood)[] domains, ref SeedStream random)
    {
        var groups = ImmutableArray.CreateBuilder<PlacementGroup>(count);
        for (var g = 0; g < count; g++)
        {
            var nodes = start.Where((_, t) => groupOf[t] == g).ToList();
            var locations = nodes.Select(n => domains[n].Location).Distinct().Count();
            var hoods = nodes.Select(n => domains[n].Hood).ToHashSet();
            var allowed = Enumerable.Range(0, count).Where(d => d != g && hoods.IsSubsetOf(Hoods(d, groupOf, start, domains))).ToList();
            var needs = allowed.Count > 0 && random.Chance(0.5) ? [allowed[random.Next(allowed.Count)]] : ImmutableArray<int>.Empty;
            groups.Add(new PlacementGroup(Math.Min(locations, 1 + random.Next(3)), needs));
        }

        return groups.MoveToImmutable();
    }

    private static HashSet<int> Hoods(int group, int[] groupOf, int[] start, (int Location, int Hood)[] domains) =>
        [.. start.Where((_, t) => groupOf[t] == group).Select(n => domains[n].Hood)];
}
