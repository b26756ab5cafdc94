using CsCheck;

namespace Lepton.Scheduling.Tests.StateMachines.Together;

public sealed class MessyWorldTests
{
    private static readonly Gen<int[]> Numbers = Gen.Int[0, 16 * 4096].Array[0, 400];

    [Fact]
    public void Whatever_is_lost_repeated_reordered_or_crashes_every_rule_holds_and_everything_ends() => Numbers.Sample(
        RunAndHeal,
        iter: Iterations);

    /// <summary>Seeds that have found a fault once.</summary>
    [Theory]
    [InlineData("a3gU9YgUo8E2")]        // a guest ended while it thought that its node had refused it: the end was dropped
    [InlineData("8tp-nOpHnd-2")]        // news of the end stayed owed for ever, as the end was reported again after a crash
    [InlineData("7zV7_soioyi1")]        // another report of the same attempt after a crash was refused and the job never told
    public void Faults_once_found_stay_mended(string seed) => Numbers.Sample(RunAndHeal, seed: seed, iter: 1);

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

    private static void RunAndHeal(int[] numbers)
    {
        var world = new MessyWorld();
        foreach (var number in numbers) world.Step(number);
        world.Heal();
    }

    private static long Iterations => long.TryParse(Environment.GetEnvironmentVariable("LEPTON_PROPERTY_RUNS"), out var runs) ? runs : 300;
}
