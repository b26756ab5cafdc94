using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Lanes;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Scheduling.Tests.Annealing;

/// <summary>Assert mode is worth something only if it finds what is wrong: bugs planted in an energy, each of a kind that happens.</summary>
public sealed class PlantedBugsTests
{
    [Fact]
    public void Assert_mode_lets_a_sound_energy_pass() => Anneal(PlantedBug.None);

    [Theory]
    [InlineData(PlantedBug.ForgetsATerm)]
    [InlineData(PlantedBug.ForgetsRoom)]
    [InlineData(PlantedBug.ForgetsRules)]
    [InlineData(PlantedBug.SwapsByHalf)]
    public void Assert_mode_finds(PlantedBug bug) => Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Anneal(bug));

    private static void Anneal(PlantedBug bug)
    {
        for (var seed = 1UL; seed <= 10; seed++)
        {
            var p = RandomPlacements.Make(seed, 6, 20, 3);
            var system = new PlacementSystem<Lanes4>(p.Model, p.Start);
            var start = system.Value;
            var nodes = new int[system.Tasks];
            var sound = system.Cut(new int[system.Nodes], 1)[0];
            var energy = new CheckedEnergy<PlantedEnergy<PlacementEnergy<Lanes4>>>(
                new PlantedEnergy<PlacementEnergy<Lanes4>>(sound, bug),
                change =>
                {
                    system.CopyTo(nodes);
                    Assert.Equal(PlacementAudit.Terms(p.Model, nodes).Total, start + change);
                    return PlacementAudit.Violation(p.Model, nodes);
                });
            int[] allNodes = [.. Enumerable.Range(0, system.Nodes)];
            Annealer.Run(ref energy, [.. system.TasksBySize], allNodes, new Neighbourhood(), new Cooling(100, 1), new SeedStream(3), 1000, CancellationToken.None);
            energy.CheckRules();
        }
    }
}

/// <summary>What a planted energy does wrong.</summary>
public enum PlantedBug
{
    None,

    /// <summary>Shifts of every seventh task are priced one too low.</summary>
    ForgetsATerm,

    /// <summary>Every node has room.</summary>
    ForgetsRoom,

    /// <summary>A shift that a rule forbids is priced as if it were free.</summary>
    ForgetsRules,

    /// <summary>Of a swap only the first half is made.</summary>
    SwapsByHalf,
}

/// <summary>An energy with a bug.</summary>
internal struct PlantedEnergy<TEnergy>(TEnergy inner, PlantedBug bug) : IEnergy
    where TEnergy : struct, IEnergy
{
    private TEnergy _inner = inner;

    public readonly double Change => _inner.Change;

    public readonly bool HoldsHomeWhileAway => _inner.HoldsHomeWhileAway;

    public readonly int NodeOf(int task) => _inner.NodeOf(task);

    public readonly bool Owns(int node) => _inner.Owns(node);

    public readonly int HomeOf(int task) => _inner.HomeOf(task);

    public readonly bool Fits(int task, int node) => bug == PlantedBug.ForgetsRoom || _inner.Fits(task, node);

    public readonly bool Holds(int node) => _inner.Holds(node);

    public readonly int NextOnNode(int task) => _inner.NextOnNode(task);

    public readonly void Prefetch(int task) => _inner.Prefetch(task);

    public readonly double ShiftDelta(int task, int node, double limit)
    {
        var price = _inner.ShiftDelta(task, node, double.MaxValue);
        return bug switch
        {
            PlantedBug.ForgetsATerm when task % 7 == 0 => price - 1,
            PlantedBug.ForgetsRules when double.IsInfinity(price) => 0,
            _ => price,
        };
    }

    public void Shift(int task, int node, double delta) => _inner.Shift(task, node, delta);

    public readonly double SwapDelta(int task, int other, double limit) => _inner.SwapDelta(task, other, limit);

    public void Swap(int task, int other, double delta)
    {
        if (bug == PlantedBug.SwapsByHalf) _inner.Shift(task, _inner.NodeOf(other), delta);
        else _inner.Swap(task, other, delta);
    }
}
