using CsCheck;
using Lepton.Scheduling.Queueing.Reserving;

namespace Lepton.Scheduling.Tests.Queueing.Reserving;

public sealed class StandbyTests
{
    [Theory]
    [InlineData(2, 0, 10, 2)]
    [InlineData(0, 10, 10, 1)]
    [InlineData(0, 11, 10, 2)]
    [InlineData(1, 50, 10, 5)]
    [InlineData(9, 0, 3, 2)]
    [InlineData(1, 0, 1, 0)]
    public void Wants_the_larger_of_number_and_share_and_never_all(int nodes, double percent, int ready, int wanted) =>
        Assert.Equal(wanted, new Standby(nodes, percent).Wanted(ready));

    [Fact]
    public void Keeps_its_choice_while_it_holds() => Gen.Select(Gen.Int[0, 3], Gen.Bool.Array[6].Array[2, 8]).Sample((wanted, pictures) =>
    {
        var standby = new Standby(wanted, 0);
        bool[] before = new bool[6];
        foreach (var empty in pictures)
        {
            standby.Choose([true, true, true, true, true, true], empty);
            var held = Enumerable.Range(0, 6).Select(standby.IsHeld).ToArray();

            Assert.Equal(Math.Min(wanted, empty.Count(e => e)), held.Count(h => h));
            for (var node = 0; node < 6; node++)
            {
                Assert.True(!held[node] || empty[node]);
                Assert.True(!before[node] || !empty[node] || held[node]);
            }

            before = held;
        }
    });
}
