using System.CommandLine;
using System.Diagnostics;
using Lepton.Benchmarks.Running;
using Lepton.Benchmarks.Worlds;
using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Budgeting;
using Lepton.Scheduling.Annealing.Worlds;
using Lepton.Scheduling.Genetic;

namespace Lepton.Benchmarks.Verbs;

/// <summary><c>world</c>: a skewed load over regions, before and after rebalancing by each policy.</summary>
internal static class WorldVerb
{
    private const int Rounds = 100;

    private static readonly string[] Policies = ["none", "greedy", "annealing", "genetic"];

    /// <summary>With nodes, greedy and genetic would look at every node for every task: the question there is one level or two.</summary>
    private static readonly string[] NodePolicies = ["none", "annealing", "two_levels"];

    private static readonly Option<int> Nodes = new Option<int>("--nodes") { DefaultValueFactory = _ => 0, Description = "nodes under the pools; 0 for pools alone" }.AtLeast(0, 10_000_000);
    private static readonly Option<int> Regions = new Option<int>("--regions") { DefaultValueFactory = _ => 10 }.AtLeast(2, 64);
    private static readonly Option<int> Tasks = new Option<int>("--tasks") { DefaultValueFactory = _ => 20_000 }.AtLeast(1, 10_000_000);
    private static readonly Option<double> Load = new Option<double>("--load") { DefaultValueFactory = _ => 0.95, Description = "total demand over total supply" }.Above(0, 2);
    private static readonly Option<double> Pinned = new Option<double>("--pinned") { DefaultValueFactory = _ => 0.3, Description = "share of tasks bound by residency, data or model" }.From(0, 1);
    private static readonly Option<long> Moves = new Option<long>("--moves") { DefaultValueFactory = _ => 20_000_000 }.AtLeast(Rounds);
    private static readonly Option<int> Bundle = new Option<int>("--bundle") { DefaultValueFactory = _ => 0, Description = "devices in a bundle of the coordinator; 0 for single tasks, or 32 on two levels" }.AtLeast(0);
    private static readonly Option<int> Threads = new Option<int>("--threads") { DefaultValueFactory = _ => 2 }.AtLeast(1, 1024);
    private static readonly Option<int?> MoveBudget = new Option<int?>("--move-budget") { Description = "tasks that annealing and genetic may move at most; default any number; not with --nodes" }.AtLeast(0);
    private static readonly Option<int> Seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1 }.AtLeast(0);

    public static Command Create()
    {
        var command = new Command("world", "Rebalancing between regions: overload before and after") { Regions, Nodes, Tasks, Load, Pinned, Moves, Bundle, Threads, MoveBudget, Seed };
        command.SetAction(Run);
        return command;
    }

    private static void Run(ParseResult parse)
    {
        if (parse.GetValue(MoveBudget) is not null && parse.GetValue(Nodes) > 0)
            throw new UsageException("--move-budget is for pools alone: a coordinator moves bundles, whose tasks it does not count. Maybe leave out --nodes.");
        var shape = new WorldShape(
            parse.GetValue(Regions), parse.GetValue(Nodes), parse.GetValue(Tasks), parse.GetValue(Load), parse.GetValue(Pinned), (ulong)parse.GetValue(Seed))
        {
            Queues = parse.GetValue(Nodes) > 0,
        };
        var model = WorldMaker.Make(shape, hard: shape.Queues);
        if (parse.GetValue(Bundle) > 0 && !shape.Queues) model = WorldAggregate.Of(model, parse.GetValue(Bundle)).Model;
        var bound = OverloadBound.Of(model);
        foreach (var policy in shape.Queues ? NodePolicies : Policies)
        {
            var clock = Stopwatch.StartNew();
            var places = Places(model, policy, parse);
            Print(model, shape, policy, places, bound, clock.Elapsed.TotalSeconds, parse);
        }
    }

    private static long PeakMemory()
    {
        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    private static int[] Places(WorldModel model, string policy, ParseResult parse)
    {
        var around = new Neighbourhood { Displacements = 0, Homes = 0.3, Draws = 1 };
        var seed = (ulong)parse.GetValue(Seed);
        var moves = parse.GetValue(Moves);
        var places = model.Tasks.Select(t => t.Home).ToArray();
        switch (policy)
        {
            case "none":
                return places;
            case "greedy":
                var system = new WorldSystem(model);
                GreedyDescent.Run(system, 10, CancellationToken.None);
                system.CopyTo(places);
                return places;
            case "two_levels":
                var options = new WorldLevelsOptions { Seed = seed, Moves = moves, Around = around };
                if (parse.GetValue(Bundle) > 0) options = options with { BundleDevices = parse.GetValue(Bundle) };
                var levels = new WorldLevels(model, options);
                PassRunner.Run(levels, RoundLog.Even(moves, Rounds), parse.GetValue(Threads), CancellationToken.None);
                return levels.Best.ToArray();
            default:
                WorldSystem[] systems = [.. Enumerable.Range(0, policy == "genetic" ? 4 : model.Tasks.Length > 200_000 ? 1 : 2).Select(_ => new WorldSystem(model))];
                var search = parse.GetValue(MoveBudget) is { } most
                    ? Search([.. systems.Select(s => new MoveBudget<WorldEnergy>(s, most))], policy, seed, moves, around)
                    : Search(systems, policy, seed, moves, around);
                PassRunner.Run(search, RoundLog.Even(moves, Rounds), parse.GetValue(Threads), CancellationToken.None);
                return search.Best.ToArray();
        }
    }

    private static IOptimiser Search<TEnergy>(IPlacementSystem<TEnergy>[] systems, string policy, ulong seed, long moves, Neighbourhood around)
        where TEnergy : struct, IEnergy => policy == "genetic"
        ? new GeneticSearch<TEnergy>(systems, new GeneticOptions { Seed = seed, Moves = moves, Around = around })
        : new AnnealingTeam<TEnergy>(systems, new AnnealingOptions { Seed = seed, Moves = moves, Parts = 1, Around = around });

    private static void Print(
        WorldModel model, WorldShape shape, string policy, int[] places, double bound, double seconds, ParseResult parse)
    {
        if (WorldAudit.Violation(model, places) is { } violation) throw new InvalidOperationException($"{policy}: {violation}");
        var terms = WorldAudit.Terms(model, places);
        var loads = WorldAudit.Loads(model, places);
        var regions = loads.Select((l, p) => (model.Pools[p].Region, l.Demand, l.Supply)).GroupBy(l => l.Region)
            .Max(g => g.Sum(l => l.Demand) / g.Sum(l => l.Supply));
        Figure.Print(
            "world",
            "overload_ratio",
            loads.Max(l => l.Demand / l.Supply),
            "demand/supply",
            ("policy", policy),
            ("overload_lower_bound", Math.Round(bound, 4)),
            ("worst_region_ratio", Math.Round(regions, 4)),
            ("moves", terms.Moved),
            ("move_budget", policy is "annealing" or "genetic" ? parse.GetValue(MoveBudget) : null),
            ("tasks", model.Tasks.Length),
            ("energy", Math.Round(terms.Total)),
            ("completion_s", Math.Round(terms.Completion)),
            ("waiting_s", Math.Round(terms.Waiting)),
            ("utilisation_s", Math.Round(terms.Utilisation)),
            ("money_s", Math.Round(terms.Money)),
            ("moves_s", Math.Round(terms.Moves)),
            ("money_usd", Math.Round(terms.Usd)),
            ("regions", shape.Regions),
            ("nodes", shape.Nodes),
            ("load", shape.Load),
            ("pinned", shape.Pinned),
            ("proposals", policy is not ("none" or "greedy") ? parse.GetValue(Moves) : 0),
            ("threads", parse.GetValue(Threads)),
            ("seconds", Math.Round(seconds, 3)),
            ("peak_memory_mb", PeakMemory() >> 20),
            ("setting", "simulated regions"));
    }
}
