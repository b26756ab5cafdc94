using System.CommandLine;
using Lepton.Benchmarks.Roadef;
using Lepton.Benchmarks.Running;
using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Benchmarks.Verbs;

/// <summary><c>roadef</c>: the ROADEF/EURO 2012 machine reassignment problem, as proof against published results.</summary>
internal static class RoadefVerb
{
    private static readonly Option<string> Folder = new("--data") { Required = true, Description = "folder with the instances" };
    private static readonly Option<string> Instance = new("--instance") { DefaultValueFactory = _ => "all", Description = "a name, several with commas, or all" };
    private static readonly Option<double> Seconds = new("--seconds") { DefaultValueFactory = _ => 60 };
    private static readonly Option<int> Threads = new("--threads") { DefaultValueFactory = _ => 2 };
    private static readonly Option<int> Seed = new("--seed") { DefaultValueFactory = _ => 1 };
    private static readonly Option<int> Seeds = new("--seeds") { DefaultValueFactory = _ => 1, Description = "so many seeds, from --seed on; medians in the table" };
    private static readonly Option<string?> Out = new("--out") { Description = "file for the solution of the last run" };
    private static readonly Option<string> Optimiser = new("--optimiser") { DefaultValueFactory = _ => "annealing" };
    private static readonly Option<string?> Moves = new("--moves") { Description = "moves in place of seconds: a total, or what a run printed" };
    private static readonly Option<string> Clock = new("--clock") { DefaultValueFactory = _ => "wall", Description = "wall, processor on a shared machine, or moves: so many as the pace table says" };
    private static readonly Option<int?> Parts = new("--parts") { Description = "parts a round is cut into; default automatic" };
    private static readonly Option<int?> Members = new("--members") { Description = "copies that cool together; default automatic" };
    private static readonly Option<string?> Around = new("--around") { Description = "moves proposed, as name=value with commas, to try another mix" };
    private static readonly Option<double> Heat = new("--heat") { DefaultValueFactory = _ => 1, Description = "times the automatic start temperature" };

    public static Command Create()
    {
        Clock.AcceptOnlyFromAmong("wall", "processor", "moves");
        Optimiser.AcceptOnlyFromAmong("annealing", "genetic");
        var command = new Command("roadef", "Machine reassignment, ROADEF/EURO challenge 2012")
        {
            Folder, Instance, Seconds, Threads, Seed, Seeds, Out, Optimiser, Moves, Clock, Parts, Members, Heat, Around,
        };
        command.SetAction(parse => Run(parse));
        return command;
    }

    private static void Run(ParseResult parse)
    {
        var folder = parse.GetValue(Folder)!;
        var names = parse.GetValue(Instance) is "all" or null ? RoadefReader.Names(folder) : parse.GetValue(Instance)!.Split(',');
        var table = new RoadefTable();
        foreach (var name in names)
        {
            var instance = RoadefReader.Read(folder, name);
            for (var s = 0; s < parse.GetValue(Seeds); s++)
            {
                var run = new RoadefRun
                {
                    Seconds = parse.GetValue(Seconds),
                    Threads = parse.GetValue(Threads),
                    Seed = (ulong)(parse.GetValue(Seed) + s),
                    Optimiser = parse.GetValue(Optimiser)!,
                    Moves = Log(parse, name),
                    ProcessorClock = parse.GetValue(Clock) == "processor",
                    Parts = parse.GetValue(Parts),
                    Members = parse.GetValue(Members),
                    Around = Tuning.Parse(parse.GetValue(Around)),
                    Heat = parse.GetValue(Heat),
                };
                var result = RoadefSolver.Solve(instance, run);
                if (parse.GetValue(Out) is { } file) RoadefWriter.Write(file, result.Best);
                Print(instance, run, result, table);
            }
        }

        if (names.Count > 1) table.Print(parse.GetValue(Seconds), parse.GetValue(Optimiser)!);
    }

    private static RoundLog? Log(ParseResult parse, string name)
    {
        if (parse.GetValue(Moves) is { } moves) return RoundLog.Parse(moves, PassRunner.Rounds);
        return parse.GetValue(Clock) == "moves"
            ? RoundLog.Even(PaceTable.Moves(name, parse.GetValue(Seconds), parse.GetValue(Threads)), PassRunner.Rounds)
            : null;
    }

    private static void Print(RoadefInstance instance, RoadefRun run, RoadefResult result, RoadefTable table)
    {
        var initial = PlacementAudit.Terms(instance.Model, instance.Initial).Total;
        var terms = PlacementAudit.Terms(instance.Model, result.Best);
        if (terms.Total != result.Cost || PlacementAudit.Violation(instance.Model, result.Best) is not null)
            throw new InvalidOperationException($"{instance.Name}: the annealer says {result.Cost}, the audit {terms.Total}.");
        var gap = instance.Reference.Best is { } best ? 100 * (result.Cost - best) / initial : (double?)null;
        if (gap is { } known) table.Add(instance, known);
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
            ("moved_tasks", terms.Moved),
            ("load", terms.Load),
            ("balance", terms.Balance),
            ("move_costs", terms.TaskMoves + terms.GroupMoves + terms.Routes));
    }
}
