using System.Globalization;
using Lepton.Simulation.Faults;
using Lepton.Simulation.Reports;

namespace Lepton.Simulation.Tests.Faults;

public sealed class SeedsTests
{
    /// <summary>Seeds of every build beside those that once found something.</summary>
    private const int Usual = 40;

    [Fact]
    public void Every_seed_that_once_found_something_is_clean_and_stays_so()
    {
        var seeds = Found();
        Assert.True(seeds.Count > 10);

        foreach (var result in FaultSimulation.Run(new SimulationOptions { Seeds = [.. seeds], CompareEvery = 0 })) AssertClean(result);
    }

    [Fact]
    public void The_usual_seeds_are_clean_and_see_faults_of_every_kind()
    {
        var results = FaultSimulation.Run(new SimulationOptions { Seeds = [.. Enumerable.Range(1, Usual)] }).ToList();

        foreach (var result in results)
        {
            AssertClean(result);
            Assert.True(result.Steps >= 10_000, FaultReport.Line(result));
            Assert.True(result.Jobs > 0 && result.Attempts > 0, FaultReport.Line(result));
        }

        foreach (var kind in Enum.GetValues<FaultKind>()) Assert.True(results.Sum(r => r.Faults[(int)kind]) > 0, $"No fault of kind {kind} in {Usual} seeds.");
    }

    private static void AssertClean(SeedResult result) => Assert.True(result.Clean, FaultReport.Violations(result));

    // The copy beside the tests: the compiler's own idea of where sources lie is a placeholder in reproducible builds.
    private static List<int> Found() =>
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "seeds", "faults.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => int.Parse(line.Split(' ', 2)[0], CultureInfo.InvariantCulture)),
    ];
}
