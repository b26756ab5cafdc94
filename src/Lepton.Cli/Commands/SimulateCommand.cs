using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Lepton.Simulation;
using Lepton.Simulation.Reports;

namespace Lepton.Cli.Commands;

/// <summary>
/// <c>lepton simulate faults --seeds 1..200</c>: runs the product's own machines in a faked world full of faults and checks the rules that
/// must always hold. Needs no server. Exit code 1 when a rule was broken.
/// </summary>
internal static class SimulateCommand
{
    private const int MostSeeds = 1_000_000;

    public static Command Create(Runner runner)
    {
        var command = new Command("simulate", "Run the scheduler in a simulated world.");
        command.Subcommands.Add(Faults(runner));
        return command;
    }

    private static Command Faults(Runner runner)
    {
        var seeds = new Option<int[]>("--seeds")
        {
            Description = "Seeds, each a world of its own: 1..200, or 7, or 1..20,42.",
            HelpName = "SEEDS",
            CustomParser = Seeds,
            DefaultValueFactory = _ => [.. Enumerable.Range(1, 200)],
        };
        var usual = new SimulationOptions().StepsAtLeast;
        var steps = Arguments.Number("--steps", $"Steps of a seed before faults end and everything must come to rest. Default: {usual}.", 1);
        var command = new Command("faults", "Crash, cut and delay everything, and check that no rule is ever broken.") { seeds, steps };
        runner.Bind(command, (parsed, context) =>
        {
            if (context.Print.Asked is { } asked && !context.Print.ForPeople)
            {
                throw new UsageException($"simulate writes a report; -o {asked.ToString().ToLowerInvariant()} is not offered here.", "Leave -o out; the exit code is 1 when a rule was broken.");
            }

            var options = new SimulationOptions { Seeds = [.. parsed.GetValue(seeds)!], StepsAtLeast = parsed.GetValue(steps) ?? usual };
            return Task.FromResult(Run(context, options));
        });
        return command;
    }

    /// <summary>Seeds run on all cores; their lines come in order.</summary>
    private static int Run(CommandContext context, SimulationOptions options)
    {
        var results = new List<SeedResult>();
        var running = options.Seeds.AsParallel().AsOrdered()
            .WithCancellation(context.Cancel)
            .WithDegreeOfParallelism(Math.Min(Environment.ProcessorCount, 64))
            .WithMergeOptions(ParallelMergeOptions.NotBuffered)
            .Select(seed => FaultSimulation.RunSeed(seed, options));
        foreach (var result in running)
        {
            results.Add(result);
            context.Print.Line(FaultReport.Line(result));
            if (!result.Clean) context.Terminal.Out.Write(FaultReport.Violations(result));
            context.Terminal.Out.Flush();
        }

        context.Terminal.Out.Write(FaultReport.Summary(results));
        return results.All(r => r.Clean) ? ExitCodes.Done : ExitCodes.Failure;
    }

    private static int[]? Seeds(ArgumentResult result)
    {
        var seeds = new List<int>();
        foreach (var part in result.Tokens[0].Value.Split(','))
        {
            var ends = part.Split("..");
            if (ends.Length > 2 || !Number(ends[0], out var first) || !Number(ends[^1], out var last) || last < first || seeds.Count + (last - (long)first) >= MostSeeds)
            {
                result.AddError($"'{part}' is no range of seeds. Maybe 1..200; at most {MostSeeds:N0} seeds from 0 on.");
                return null;
            }

            seeds.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return [.. seeds];
    }

    private static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
