using System.CommandLine;
using Lepton.Benchmarks.Roadef;
using Lepton.Benchmarks.Running;
using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Ordering;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Benchmarks.Verbs;

/// <summary><c>roadef</c>: the ROADEF/EURO 2012 machine reassignment problem, as proof against published results.</summary>
internal static class RoadefVerb
{
    private const int Interrupted = 130;

    private static readonly Option<string> Folder = new("--data") { Required = true, Description = "folder with the instances" };
    private static readonly Option<string> Instance = new("--instance") { DefaultValueFactory = _ => "all", Description = "a name, several with commas, or all" };
    private static readonly Option<double> Seconds = new Option<double>("--seconds") { DefaultValueFactory = _ => 60 }.Above(0, 1e6);
    private static readonly Option<int> Threads = new Option<int>("--threads") { DefaultValueFactory = _ => 2 }.AtLeast(1, 1024);
    private static readonly Option<int> Seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1 }.AtLeast(0);
    private static readonly Option<int> Seeds = new Option<int>("--seeds") { DefaultValueFactory = _ => 1, Description = "so many seeds, from --seed on; medians in the table" }.AtLeast(1, 10_000);
    private static readonly Option<string?> Out = new("--out") { Description = "file for the solution of the last run, or of each with {instance} and {seed} in the name" };
    private static readonly Option<string> Optimiser = new("--optimiser") { DefaultValueFactory = _ => "annealing" };
    private static readonly Option<string?> Moves = new("--moves") { Description = "moves in place of seconds: a total, or what a run printed" };
    private static readonly Option<string> Clock = new("--clock") { DefaultValueFactory = _ => "wall", Description = "wall, processor on a shared machine, or moves: so many as the pace table says" };
    private static readonly Option<int?> Parts = new Option<int?>("--parts") { Description = "parts a round is cut into; default automatic" }.AtLeast(1);
    private static readonly Option<int?> Members = new Option<int?>("--members") { Description = "copies that cool together; default automatic" }.AtLeast(1, 256);
    private static readonly Option<string?> Around = new("--around") { Description = "moves proposed, as name=value with commas, to try another mix" };
    private static readonly Option<double> Heat = new Option<double>("--heat") { DefaultValueFactory = _ => 1, Description = "times the automatic start temperature" }.Above(0, 1e6);
    private static readonly Option<string?> Start = new("--start") { Description = "file with a plan to go on from, in place of the initial assignment" };
    private static readonly Option<int?> MoveBudget = new Option<int?>("--move-budget") { Description = "processes that may be moved at most; default any number" }.AtLeast(0);

    public static Command Create()
    {
        Clock.AcceptOnlyFromAmong("wall", "processor", "moves");
        Optimiser.AcceptOnlyFromAmong("annealing", "genetic");
        var command = new Command("roadef", "Machine reassignment, ROADEF/EURO challenge 2012")
        {
            Folder, Instance, Seconds, Threads, Seed, Seeds, Out, Optimiser, Moves, Clock, Parts, Members, Heat, Around, Start, MoveBudget,
        };

        // On a thread of its own, so that an interrupt cancels the search; what was found until then is printed and written.
        command.SetAction((parse, cancel) => Task.Run(() => Run(parse, cancel), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parse, CancellationToken cancel)
    {
        var folder = parse.GetValue(Folder)!;
        var names = Names(folder, parse.GetValue(Instance)!);
        var output = new RoadefOutput(parse.GetValue(Out));
        output.Check();
        foreach (var name in names)
        {
            RoadefReader.Look(folder, name);
            _ = Log(parse, name);
        }

        var table = new RoadefTable();
        foreach (var name in names)
        {
            var instance = RoadefReader.Read(folder, name);
            var start = StartOf(parse, instance);
            for (var s = 0; s < parse.GetValue(Seeds); s++)
            {
                var run = RunOf(parse, name, (ulong)(parse.GetValue(Seed) + s)) with { Start = start };
                var result = RoadefSolver.Solve(instance, run, cancel);
                if (output.Pattern is not null) RoadefWriter.Write(output.Of(name, run.Seed), result.Best);
                Print(instance, run, result, table, cancel.IsCancellationRequested);
                if (cancel.IsCancellationRequested) return Interrupted;
            }
        }

        if (names.Count > 1) table.Print(parse.GetValue(Seconds), parse.GetValue(Optimiser)!);
        return 0;
    }

    private static IReadOnlyList<string> Names(string folder, string asked)
    {
        var known = RoadefReader.Names(folder);
        if (asked == "all") return known;
        var names = asked.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Length > 0 ? names : throw new UsageException($"--instance names none. Maybe all, or some of {string.Join(", ", known)}.");
    }

    private static int[]? StartOf(ParseResult parse, RoadefInstance instance)
    {
        if (parse.GetValue(Start) is not { } path) return null;
        var start = RoadefReader.Assignment(path, instance.Initial.Length, instance.Model.Nodes.Length);
        if (PlacementAudit.Violation(instance.Model, start) is { } violation)
            throw new UsageException($"{path} is no valid plan for {instance.Name}: {violation}. Maybe it belongs to another instance.");
        var moved = instance.Initial.Where((home, p) => start[p] != home).Count();
        return parse.GetValue(MoveBudget) is { } most && moved > most
            ? throw new UsageException($"{path} moves {moved} processes, more than --move-budget {most}. Maybe allow at least {moved}.")
            : start;
    }

    private static RoadefRun RunOf(ParseResult parse, string name, ulong seed) => new()
    {
        Seconds = parse.GetValue(Seconds),
        Threads = parse.GetValue(Threads),
        Seed = seed,
        Optimiser = parse.GetValue(Optimiser)!,
        Moves = Log(parse, name),
        ProcessorClock = parse.GetValue(Clock) == "processor",
        Parts = parse.GetValue(Parts),
        Members = parse.GetValue(Members),
        Around = Tuning.Parse(parse.GetValue(Around)),
        Heat = parse.GetValue(Heat),
        MoveBudget = parse.GetValue(MoveBudget),
    };

    private static RoundLog? Log(ParseResult parse, string name)
    {
        if (parse.GetValue(Moves) is { } moves) return Given(moves);
        return parse.GetValue(Clock) == "moves"
            ? RoundLog.Even(PaceTable.Moves(name, parse.GetValue(Seconds), parse.GetValue(Threads)), PassRunner.Rounds)
            : null;
    }

    private static RoundLog Given(string moves)
    {
        try
        {
            var log = RoundLog.Parse(moves, PassRunner.Rounds);
            return log.Runs[0].Moves > 0
                ? log
                : throw new UsageException($"--moves {moves} is less than one move in each of {log.Rounds} rounds. Maybe at least {log.Rounds}.");
        }
        catch (FormatException error)
        {
            throw new UsageException($"--moves: {error.Message}");
        }
    }

    private static void Print(RoadefInstance instance, RoadefRun run, RoadefResult result, RoadefTable table, bool interrupted)
    {
        var initial = PlacementAudit.Terms(instance.Model, instance.Initial).Total;
        var terms = PlacementAudit.Terms(instance.Model, result.Best);
        if (terms.Total != result.Cost || PlacementAudit.Violation(instance.Model, result.Best) is not null)
            throw new InvalidOperationException($"{instance.Name}: the annealer says {result.Cost}, the audit {terms.Total}.");
        var gap = instance.Reference.Best is { } best ? 100 * (result.Cost - best) / initial : (double?)null;
        if (gap is { } known) table.Add(instance, known);
        var order = MoveOrder.Plan(instance.Model, instance.Initial, result.Best);
        Figure.Print(
            "roadef",
            "gap_percent",
            gap,
            "%",
            ("instance", instance.Name),
            ("cost", result.Cost),
            ("initial", initial),
            ("lower_bound", instance.Reference.LowerBound),
            ("reference", instance.Reference.Best),
            ("proposals_per_second", Math.Round(result.ProposalsPerSecond)),
            ("evaluations_per_second", Math.Round(result.EvaluationsPerSecond)),
            ("optimiser", run.Optimiser),
            ("seconds", run.Seconds),
            ("clock", run.Moves is not null ? "moves" : run.ProcessorClock ? "processor" : "wall"),
            ("threads", run.Threads),
            ("seed", run.Seed),
            ("moves", result.Log.Moves),
            ("replay", result.Log.ToString()),
            ("start_heat", result.Heat),
            ("interrupted", interrupted),
            ("move_budget", run.MoveBudget),
            ("moved_tasks", terms.Moved),
            ("order_rounds", order.Rounds.Length),
            ("order_parks", order.Rounds.Sum(r => r.Count(m => m.IsPark))),
            ("order_left", order.Left.Length),
            ("load", terms.Load),
            ("balance", terms.Balance),
            ("move_costs", terms.TaskMoves + terms.GroupMoves + terms.Routes));
    }
}
