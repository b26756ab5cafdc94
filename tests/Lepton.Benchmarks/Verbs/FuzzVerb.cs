using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Lepton.Tests.Shared;
using Lepton.Tests.Shared.Fuzzing;

namespace Lepton.Benchmarks.Verbs;

/// <summary><c>fuzz</c>: the spec reader against broken specs by seed; exit code 1 and the texts where something does not hold.</summary>
internal static partial class FuzzVerb
{
    private const int ShownFailures = 10;

    private static readonly Option<string> Seeds = new("--seeds") { DefaultValueFactory = _ => "1..100", Description = "one seed, or a range as 1..1000" };
    private static readonly Option<int> Cases = new("--cases") { DefaultValueFactory = _ => 1_000, Description = "texts a seed" };

    public static Command Create()
    {
        var command = new Command("fuzz", "Broken specs by seed: never an exception, always a place, what is accepted comes back") { Seeds, Cases };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parse)
    {
        var bounds = parse.GetValue(Seeds)!.Split("..");
        var (first, last) = (int.Parse(bounds[0], CultureInfo.InvariantCulture), int.Parse(bounds[^1], CultureInfo.InvariantCulture));
        var page = File.ReadAllText(RepositoryRoot.PathOf("infra", "docs", "job-spec.md")).ReplaceLineEndings("\n");
        var fuzz = new SpecFuzz(SpecFuzz.Trees(SpecBlock().Matches(page).Select(m => m.Groups[1].Value)));
        var watch = Stopwatch.StartNew();
        for (var seed = first; seed <= last; seed++) fuzz.Run(seed, parse.GetValue(Cases));
        foreach (var failure in fuzz.Failures.Take(ShownFailures)) Console.Error.WriteLine(failure + "\n");
        Figure.Print("fuzz", "texts", fuzz.Cases, "texts", ("seeds", $"{first}..{last}"), ("accepted", fuzz.Accepted), ("seconds", Math.Round(watch.Elapsed.TotalSeconds, 1)));
        Figure.Print("fuzz", "failures", fuzz.Failures.Count, "texts", ("seeds", $"{first}..{last}"));
        return fuzz.Failures.Count == 0 ? 0 : 1;
    }

    [GeneratedRegex("^```(?:yaml|json)\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex SpecBlock();
}
