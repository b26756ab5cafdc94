using System.Diagnostics;
using Lepton.Agent.Tests.Kit;
using Lepton.Model;

namespace Lepton.Agent.Tests.Processes;

/// <summary>Prints what a task with a process costs; judges nothing, for machines differ.</summary>
public sealed class ThroughputTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Short_programs_pass_in_numbers()
    {
        const int Count = 300;
        await using var bench = new Bench();
        var assignments = Enumerable.Range(0, Count).Select(_ => bench.Assignment(["true"])).ToList();

        var watch = Stopwatch.StartNew();
        foreach (var assignment in assignments) bench.Host.Start(assignment);
        foreach (var assignment in assignments) Assert.Equal(AttemptEndCause.Completed, (await bench.Reports.HasEnded(assignment.Attempt)).Cause);

        output.WriteLine($"{Count} programs in {watch.ElapsedMilliseconds} ms: {Count / watch.Elapsed.TotalSeconds:F0} a second");
    }
}
