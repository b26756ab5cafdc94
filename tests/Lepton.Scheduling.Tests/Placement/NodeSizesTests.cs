using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Tests.StateMachines.Regions;

namespace Lepton.Scheduling.Tests.Placement;

public sealed class NodeSizesTests
{
    private static readonly Gen<Capacity> Size = Gen.Select(Gen.Int[0, 6], Gen.Int[0, 6], (cpu, mib) => Some.Cpus(cpu, mib));

    [Fact]
    public void Says_exactly_what_could_fit_some_node() => Gen.Select(Size.Array[1, 7], Size).Sample((nodes, asked) =>
    {
        var summary = RegionHarness.Summary(Some.West) with { NodeSizes = NodeSizes.Of(nodes) };

        Assert.Equal(nodes.Any(n => n.Fits(asked)), NodeSizes.CouldHold(summary, asked));
    });

    [Fact]
    public void Never_denies_what_fits_when_there_are_too_many_to_name()
    {
        var nodes = Enumerable.Range(1, 40).Select(i => Some.Cpus(i, 41 - i)).ToArray();
        var summary = RegionHarness.Summary(Some.West) with { NodeSizes = NodeSizes.Of(nodes) };

        Assert.Equal(8, summary.NodeSizes.Length);
        Assert.All(nodes, n => Assert.True(NodeSizes.CouldHold(summary, n)));
    }
}
