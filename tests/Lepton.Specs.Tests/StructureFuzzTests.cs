using Lepton.Tests.Shared.Fuzzing;

namespace Lepton.Specs.Tests;

/// <summary>Good specs broken where it hurts, by seed. More of them: <c>Lepton.Benchmarks -- fuzz --seeds 1..1000</c>.</summary>
public sealed class StructureFuzzTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Broken_specs_are_refused_with_places_and_accepted_ones_come_back(int seed)
    {
        var fuzz = new SpecFuzz(SpecFuzz.Trees(DocumentationTests.Blocks("yaml").Concat(DocumentationTests.Blocks("json"))));
        fuzz.Run(seed, 2_500);
        Assert.True(fuzz.Failures.Count == 0, string.Join("\n\n", fuzz.Failures.Take(5)));
        // The mutations are not so wild that only rubbish is tried.
        Assert.InRange(fuzz.Accepted, fuzz.Cases / 50, fuzz.Cases * 9 / 10);
    }
}
