using CsCheck;
using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Plain;

namespace Lepton.Scheduling.Tests.Annealing;

public sealed class PlainSystemTests
{
    [Fact]
    public void Evens_out_the_load_and_never_passes_a_capacity() => Gen.Select(Gen.ULong, Gen.Int[2, 12], Gen.Int[1, 60]).Sample(
        (seed, nodes, tasks) =>
        {
            var system = new PlainSystem(Model(seed, nodes, tasks));
            var start = system.Value;
            var team = new AnnealingTeam<PlainEnergy>(
                [system], new AnnealingOptions { Moves = 10_000, Parts = 2, Around = new Neighbourhood { Displacements = 0, Homes = 0 } });
            for (var round = 1; round <= 10; round++)
            {
                foreach (var piece in team.Begin(1000, round / 10.0)) piece.Run(CancellationToken.None);
                team.End();
                Assert.True(system.IsValid());
                Assert.Equal(system.ValueFromScratch(), system.Value, 1e-3 * (1 + start));
            }

            Assert.True(team.BestValue <= start);
        },
        iter: 40);

    private static PlainModel Model(ulong seed, int nodes, int tasks)
    {
        var random = new SeedStream(seed);
        var start = new int[tasks];
        var need = new int[tasks * PlainModel.Lanes];
        var capacity = new int[nodes * PlainModel.Lanes];
        for (var i = 0; i < need.Length; i++) need[i] = random.Next(50);
        for (var t = 0; t < tasks; t++)
        {
            start[t] = random.Next(nodes);
            for (var l = 0; l < PlainModel.Lanes; l++) capacity[(start[t] * PlainModel.Lanes) + l] += need[(t * PlainModel.Lanes) + l];
        }

        for (var i = 0; i < capacity.Length; i++) capacity[i] += random.Next(80);
        return new PlainModel([.. capacity], [.. need], [.. start]);
    }
}
