using System.CommandLine;
using Lepton.Benchmarks.Plain;
using Lepton.Benchmarks.Running;
using Lepton.Benchmarks.Worlds;
using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Plain;
using Lepton.Scheduling.Annealing.Worlds;

namespace Lepton.Benchmarks.Verbs;

/// <summary><c>anneal</c>: speed of the annealer on the plain model and on the world's energy with its hard rules.</summary>
internal static class AnnealVerb
{
    private const int Rounds = 50;

    private static readonly Option<int> Tasks = new Option<int>("--tasks") { DefaultValueFactory = _ => 20_000 }.AtLeast(1, 10_000_000);
    private static readonly Option<int> Nodes = new Option<int>("--nodes") { DefaultValueFactory = _ => 2_000 }.AtLeast(20, 1_000_000);
    private static readonly Option<long> Moves = new Option<long>("--moves") { DefaultValueFactory = _ => 50_000_000 }.AtLeast(10 * Rounds);
    private static readonly Option<string> Clock = new("--clock") { DefaultValueFactory = _ => "processor", Description = "processor, or wall on a quiet machine" };
    private static readonly Option<int> Seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1 }.AtLeast(0);

    public static Command Create()
    {
        Clock.AcceptOnlyFromAmong("wall", "processor");
        var command = new Command("anneal", "Speed of annealing, plain model and world") { Tasks, Nodes, Moves, Clock, Seed };
        command.SetAction(Run);
        return command;
    }

    private static void Run(ParseResult parse)
    {
        var (tasks, nodes, seed) = (parse.GetValue(Tasks), parse.GetValue(Nodes), (ulong)parse.GetValue(Seed));
        Measure("plain", parse, () => new PlainSystem(PlainFleet.Make(tasks, nodes, 0.87, seed)), new Neighbourhood { Displacements = 0, Homes = 0, Draws = 1 });
        var shape = new WorldShape(10, nodes, tasks, 0.8, 0.3, seed);
        Measure("world", parse, () => new WorldSystem(WorldMaker.Make(shape, hard: true)), new Neighbourhood { Displacements = 0, Homes = 0.3, Draws = 1 });
    }

    private static void Measure<TEnergy>(string model, ParseResult parse, Func<IPlacementSystem<TEnergy>> make, Neighbourhood around)
        where TEnergy : struct, IEnergy
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var system = make();
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        var start = new int[system.Tasks];
        system.CopyTo(start);
        var startValue = system.Value;
        Solve(system, start, around, parse, threads: 1, parse.GetValue(Moves) / 5);
        var one = Solve(system, start, around, parse, threads: 1, parse.GetValue(Moves));
        var two = Solve(system, start, around, parse, threads: 2, parse.GetValue(Moves));
        var large = system.Tasks >= 500_000 ? "_1m" : "";
        Figure.Print(
            "anneal",
            "proposals_per_second_per_thread" + large,
            one.Rate,
            "1/s",
            ("model", model),
            ("tasks", system.Tasks),
            ("nodes", system.Nodes),
            ("moves", parse.GetValue(Moves)),
            ("moves_per_second_per_thread", Math.Round(one.Moves)),
            ("evaluations_per_second", Math.Round(one.Evaluations)),
            ("accepted_share", Math.Round(one.Accepted, 4)),
            ("speedup_2_threads", Math.Round(two.WallRate / one.WallRate, 3)),
            ("equal_results_1_and_2_threads", one.Best.AsSpan().SequenceEqual(two.Best)),
            ("energy_start", Math.Round(startValue, 2)),
            ("energy", Math.Round(one.Value, 2)),
            ("bytes_per_task", Math.Round(bytes / (double)system.Tasks, 1)),
            ("clock", parse.GetValue(Clock)));
    }

    private static Outcome Solve<TEnergy>(
        IPlacementSystem<TEnergy> system, int[] start, Neighbourhood around, ParseResult parse, int threads, long moves)
        where TEnergy : struct, IEnergy
    {
        system.Restore(start);
        var search = new AnnealingTeam<TEnergy>([system], new AnnealingOptions { Seed = (ulong)parse.GetValue(Seed), Moves = moves, Parts = 8, Around = around });
        var wall = new Budget(double.MaxValue, 1, processor: false);
        var clock = new Budget(double.MaxValue, threads, parse.GetValue(Clock) == "processor");
        PassRunner.Run(search, RoundLog.Even(moves, Rounds), threads, CancellationToken.None);
        var (elapsed, tally) = (clock.Elapsed, search.Tally);
        return new Outcome(
            tally.Proposals / elapsed / (parse.GetValue(Clock) == "processor" ? 1 : threads),
            tally.Moves / elapsed,
            tally.Proposals / wall.Elapsed,
            tally.Evaluations / elapsed,
            tally.Accepted / (double)Math.Max(1, tally.Moves),
            search.BestValue,
            search.Best.ToArray());
    }

    private sealed record Outcome(double Rate, double Moves, double WallRate, double Evaluations, double Accepted, double Value, int[] Best);
}
