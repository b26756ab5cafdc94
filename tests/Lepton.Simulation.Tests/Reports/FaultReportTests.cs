using Lepton.Simulation.Faults;
using Lepton.Simulation.Faults.Planted;
using Lepton.Simulation.Reports;

namespace Lepton.Simulation.Tests.Reports;

public sealed class FaultReportTests
{
    [Fact]
    public void A_violation_names_the_rule_the_step_the_replay_and_shows_the_trace_of_those_involved()
    {
        var result = FaultSimulation.RunSeed(3, new SimulationOptions { Plant = () => new CountsNoGrants() });

        var text = FaultReport.Violations(result);

        Assert.Contains("seed 3, step ", text, StringComparison.Ordinal);
        Assert.Contains("no over-commit does not hold", text, StringComparison.Ordinal);
        Assert.Contains("Replay: lepton simulate faults --seeds 3", text, StringComparison.Ordinal);
        Assert.InRange(result.Violations[0].Trace.Length, 1, 30);
        Assert.Contains("VIOLATIONS", FaultReport.Line(result), StringComparison.Ordinal);
    }

    [Fact]
    public void A_summary_counts_every_kind_of_fault()
    {
        var result = FaultSimulation.RunSeed(3, new SimulationOptions { StepsAtLeast = 500 });

        var text = FaultReport.Summary([result]);

        foreach (var kind in Enum.GetNames<FaultKind>()) Assert.Contains(kind, text, StringComparison.Ordinal);
        Assert.Contains("No rule was broken.", text, StringComparison.Ordinal);
        Assert.Empty(FaultReport.Violations(result));
    }

    [Fact]
    public void Without_faults_everything_ends_and_nothing_is_counted()
    {
        var result = FaultSimulation.RunSeed(5, new SimulationOptions { Rates = FaultRates.None, StepsAtLeast = 3_000 });

        Assert.True(result.Clean, FaultReport.Violations(result));
        Assert.Equal(0, result.Faults[(int)FaultKind.SiloCrash]);
        Assert.Equal(0, result.Faults[(int)FaultKind.MessageLost]);
    }
}
