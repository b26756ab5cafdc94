using CsCheck;

namespace Lepton.Scheduling.Tests.StateMachines.Together;

public sealed class MessyWorldTests
{
    private static readonly Gen<int[]> Numbers = Gen.Int[0, 16 * 4096].Array[0, 400];

    [Fact]
    public void Whatever_is_lost_repeated_reordered_or_crashes_every_rule_holds_and_everything_ends() => Numbers.Sample(
        numbers =>
        {
            var world = new MessyWorld();
            foreach (var number in numbers) world.Step(number);
            world.Heal();
        },
        iter: Iterations);

    [Fact]
    public void The_same_happenings_give_the_same_rows() => Numbers.Sample(
        numbers =>
        {
            Assert.Equal(Run(), Run());

            string Run()
            {
                var world = new MessyWorld();
                foreach (var number in numbers) world.Step(number);
                return world.Dump();
            }
        },
        iter: 100);

    private static long Iterations => long.TryParse(Environment.GetEnvironmentVariable("LEPTON_PROPERTY_RUNS"), out var runs) ? runs : 300;
}
