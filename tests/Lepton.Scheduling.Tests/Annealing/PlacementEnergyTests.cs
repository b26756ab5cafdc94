using CsCheck;
using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Lanes;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Scheduling.Tests.Annealing;

public sealed class PlacementEnergyTests
{
    [Fact]
    public void Incremental_energy_equals_energy_from_scratch_and_no_rule_breaks_after_every_move() =>
        RandomPlacements.Any.Sample(p => ChecksEveryMove<ManyLanes>(p), iter: 60);

    [Fact]
    public void Narrow_lanes_price_as_wide_ones_do() => RandomPlacements.Any
        .Where(p => p.Model.Resources.Length + p.Model.Balances.Length <= 4)
        .Sample(p => ChecksEveryMove<Lanes4>(p) && ChecksEveryMove<Lanes8>(p) && ChecksEveryMove<Lanes16>(p), iter: 40);

    [Fact]
    public void Undone_moves_leave_the_placement_as_it_was() => RandomPlacements.Any.Sample(
        p =>
        {
            var system = new PlacementSystem<ManyLanes>(p.Model, p.Start);
            var energy = system.Cut(new int[system.Nodes], 1)[0];
            var random = new SeedStream(7);
            for (var i = 0; i < 200; i++)
            {
                var (task, node) = (random.Next(system.Tasks), random.Next(system.Nodes));
                var from = energy.NodeOf(task);
                if (node == from || !energy.Fits(task, node)) continue;
                var delta = energy.ShiftDelta(task, node, double.MaxValue);
                if (double.IsInfinity(delta)) continue;
                energy.Shift(task, node, delta);
                Assert.Equal(-delta, energy.ShiftDelta(task, from, double.MaxValue));
                energy.Shift(task, from, -delta);
            }

            Assert.Equal(0, energy.Change);
            Assert.Equal(p.Start, NodesOf(system));
        },
        iter: 40);

    [Fact]
    public void Parts_together_make_a_valid_whole_with_the_value_they_say() => RandomPlacements.Any.Sample(
        p =>
        {
            var system = new PlacementSystem<ManyLanes>(p.Model, p.Start);
            var pass = new AnnealingPass<PlacementEnergy<ManyLanes>>(system, new AnnealingOptions { Moves = 20_000, Parts = Math.Min(3, system.Nodes) });
            for (var round = 1; round <= 20; round++)
            {
                foreach (var piece in pass.Begin(1000, round / 20.0)) piece.Run(CancellationToken.None);
                pass.End();
                var nodes = NodesOf(system);
                Assert.Null(PlacementAudit.Violation(p.Model, nodes));
                Assert.Equal(PlacementAudit.Terms(p.Model, nodes).Total, system.Value);
            }

            Assert.Equal(PlacementAudit.Terms(p.Model, pass.Best).Total, pass.BestValue);
        },
        iter: 40);

    /// <summary>Parts run at the same time: what one counts of a group, no other may touch, not even to put it back at once.</summary>
    [Fact]
    public void A_part_exchanges_no_two_across_domains_of_a_group_that_another_part_owns()
    {
        // Three of the group are on nodes of part 0, two on nodes of part 1, away from their homes; every node is a location of its own.
        int[] start = [0, 2, 4, 1, 3], homes = [0, 2, 4, 5, 7];
        var model = new PlacementModel
        {
            Resources = [new PlacementResource(false, 1)],
            Nodes = [.. Enumerable.Range(0, 8).Select(n => new PlacementNode([10], [10], n, 0))],
            Groups = [new PlacementGroup(5, [])],
            Tasks = [.. homes.Select(home => new PlacementTask(0, [1], 1, home))],
            Prices = new MovePrices(1, 1, 1),
            Routes = RouteTable.Free(8),
        };
        var system = new PlacementSystem<Lanes4>(model, start);
        var parts = system.Cut([0, 1, 0, 1, 0, 1, 0, 1], 2);
        Assert.Equal(0, system.OwnerOf(3));
        Assert.Equal(IEnergy.Refused, parts[1].SwapDelta(3, 4, double.MaxValue));
        Assert.Equal(0, system.Cut(new int[8], 1)[0].SwapDelta(3, 4, double.MaxValue));
        var together = new PlacementSystem<Lanes4>(model with { Nodes = [.. model.Nodes.Select((n, i) => i == 3 ? n with { Location = 1 } : n)], Groups = [new PlacementGroup(4, [])] }, start);
        Assert.Equal(0, together.Cut([0, 1, 0, 1, 0, 1, 0, 1], 2)[1].SwapDelta(3, 4, double.MaxValue));
    }

    [Fact]
    public void Refuses_a_start_that_breaks_a_rule()
    {
        var p = RandomPlacements.Make(1, 3, 6, 2);
        var model = p.Model with { Nodes = [.. p.Model.Nodes.Select(n => n with { Capacity = [0, 0] })] };
        var error = Assert.Throws<ArgumentException>(() => new PlacementSystem<Lanes4>(model, p.Start));
        Assert.Contains("capacity is 0", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Assert mode: the annealer's own moves, each judged from scratch.</summary>
    private static bool ChecksEveryMove<TLanes>(RandomPlacements.Problem p)
        where TLanes : struct, ILanes
    {
        var system = new PlacementSystem<TLanes>(p.Model, p.Start);
        var start = system.Value;
        var energy = new CheckedEnergy<PlacementEnergy<TLanes>>(
            system.Cut(new int[system.Nodes], 1)[0],
            change =>
            {
                var nodes = NodesOf(system);
                Assert.Equal(PlacementAudit.Terms(p.Model, nodes).Total, start + change);
                return PlacementAudit.Violation(p.Model, nodes);
            });
        if (system.Nodes < 2) return true;
        Annealer.Run(
            ref energy,
            [.. system.TasksBySize],
            [.. Enumerable.Range(0, system.Nodes)],
            new Neighbourhood { Displacements = 0.2 },
            new Cooling(100, 1),
            new SeedStream(3),
            400,
            CancellationToken.None);
        energy.CheckRules();
        return true;
    }

    private static int[] NodesOf<TLanes>(PlacementSystem<TLanes> system)
        where TLanes : struct, ILanes
    {
        var nodes = new int[system.Tasks];
        system.CopyTo(nodes);
        return nodes;
    }
}
