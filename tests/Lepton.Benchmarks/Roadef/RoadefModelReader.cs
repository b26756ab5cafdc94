using System.Collections.Immutable;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Benchmarks.Roadef;

/// <summary>Reads a model of the challenge; every number is checked where it stands.</summary>
internal static class RoadefModelReader
{
    private const int MostResources = 1_000;
    private const int MostMachines = 100_000;
    private const int MostProcesses = 10_000_000;

    /// <summary>Times a number of 32 bits, it still fits into 64.</summary>
    private const long LargestTarget = 1L << 30;

    public static RoadefParts Read(NumberFile file)
    {
        var resources = Many(file.Int(() => "the number of resources", 1, MostResources), r => new PlacementResource(
            file.Next(() => $"whether resource {r} is transient", 0, 1) == 1, file.Next(() => $"the weight of resource {r}")));
        var machines = file.Int(() => "the number of machines", 1, MostMachines);
        var routes = new long[machines][];
        var nodes = Many(machines, m => Machine(file, m, resources.Length, routes));
        var services = file.Int(() => "the number of services", 1, MostProcesses);
        var groups = Many(services, s => Service(file, s, services));
        var processes = Many(file.Int(() => "the number of processes", 1, MostProcesses), p => new PlacementTask(
            file.Int(() => $"the service of process {p}", 0, services - 1),
            Many(resources.Length, r => file.Next(() => $"resource {r} of process {p}")),
            file.Next(() => $"the move cost of process {p}"),
            Home: -1));
        var balances = Many(file.Int(() => "the number of balances"), b => new PlacementBalance(
            file.Int(() => $"the first resource of balance {b}", 0, resources.Length - 1),
            file.Int(() => $"the second resource of balance {b}", 0, resources.Length - 1),
            file.Next(() => $"the target of balance {b}", 0, LargestTarget),
            file.Next(() => $"the weight of balance {b}")));
        var prices = new MovePrices(
            file.Next(() => "the weight of process moves"), file.Next(() => "the weight of service moves"), file.Next(() => "the weight of machine moves"));
        file.End("the weight of machine moves");
        return new RoadefParts(resources, nodes, groups, processes, balances, prices, RouteTable.From(routes));
    }

    private static PlacementNode Machine(NumberFile file, int m, int resources, long[][] routes)
    {
        var neighbourhood = file.Int(() => $"the neighbourhood of machine {m}", 0, MostMachines);
        var location = file.Int(() => $"the location of machine {m}", 0, MostMachines);
        var capacity = Many(resources, r => file.Next(() => $"capacity {r} of machine {m}"));
        var limit = Many(resources, r => file.Next(() => $"safety capacity {r} of machine {m}"));
        routes[m] = new long[routes.Length];

        // One closure for the row: there are 25 million of these numbers.
        var to = 0;
        Func<string> what = () => $"the move cost from machine {m} to machine {to}";
        for (; to < routes.Length; to++) routes[m][to] = file.Next(what);

        return new PlacementNode(capacity, limit, location, neighbourhood);
    }

    private static PlacementGroup Service(NumberFile file, int s, int services)
    {
        var spread = file.Int(() => $"the least number of locations of service {s}", 0, MostMachines);
        var needs = file.Int(() => $"the number of services that service {s} depends on", 0, services);
        return new PlacementGroup(spread, Many(needs, d => file.Int(() => $"dependency {d} of service {s}", 0, services - 1)));
    }

    private static ImmutableArray<T> Many<T>(int count, Func<int, T> one)
    {
        var builder = ImmutableArray.CreateBuilder<T>();
        for (var i = 0; i < count; i++) builder.Add(one(i));
        return builder.DrainToImmutable();
    }
}

/// <summary>A model as its file has it: where processes are at first is told by another file.</summary>
internal sealed record RoadefParts(
    ImmutableArray<PlacementResource> Resources,
    ImmutableArray<PlacementNode> Nodes,
    ImmutableArray<PlacementGroup> Groups,
    ImmutableArray<PlacementTask> Processes,
    ImmutableArray<PlacementBalance> Balances,
    MovePrices Prices,
    RouteTable Routes)
{
    public int Machines => Nodes.Length;

    public PlacementModel Model(ReadOnlySpan<int> initial)
    {
        var tasks = ImmutableArray.CreateBuilder<PlacementTask>(Processes.Length);
        for (var p = 0; p < Processes.Length; p++) tasks.Add(Processes[p] with { Home = initial[p] });
        return new PlacementModel
        {
            Resources = Resources,
            Nodes = Nodes,
            Groups = Groups,
            Tasks = tasks.MoveToImmutable(),
            Balances = Balances,
            Prices = Prices,
            Routes = Routes,
        };
    }
}
