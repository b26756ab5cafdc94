using Lepton.Scheduling;

namespace Lepton.Simulation.Faults;

/// <summary>How much of each fault one seed brings. Chances are per event; <c>Every</c> is a mean pause; null = never in this seed.</summary>
public sealed record FaultRates
{
    public double Loss { get; init; }

    public double Delay { get; init; }

    public double Duplicate { get; init; }

    public double WriteRefused { get; init; }

    public double WriteUnknown { get; init; }

    public double ReadRefused { get; init; }

    public double CrashPoint { get; init; }

    public double IgnoresSigterm { get; init; }

    public TimeSpan? PartitionEvery { get; init; }

    public TimeSpan? ReplayEvery { get; init; }

    public TimeSpan? SiloCrashEvery { get; init; }

    public TimeSpan? PauseEvery { get; init; }

    public TimeSpan? DropEvery { get; init; }

    public TimeSpan? IdleEvery { get; init; }

    public TimeSpan? ZombieEvery { get; init; }

    public TimeSpan? SlowDiskEvery { get; init; }

    public TimeSpan? AgentCrashEvery { get; init; }

    public TimeSpan? AgentLeavesEvery { get; init; }

    public TimeSpan? MachineCrashEvery { get; init; }

    public TimeSpan? KillEvery { get; init; }

    /// <summary>Nodes cordoned or drained by a person, and resumed a while later; all are resumed when the quiet begins.</summary>
    public TimeSpan? HoldEvery { get; init; }

    public TimeSpan? DeviceFaultEvery { get; init; }

    /// <summary>Largest offset of a clock and largest drift in millionths.</summary>
    public TimeSpan ClockOffset { get; init; }

    public int ClockDriftPerMillion { get; init; }

    /// <summary>Nothing ever goes wrong.</summary>
    public static readonly FaultRates None = new();

    /// <summary>The faults of a seed: about two thirds of the kinds, each between rare and frequent.</summary>
    public static FaultRates Draw(ulong seed)
    {
        var chance = SeedStream.For(seed, "fault rates");
        return new FaultRates
        {
            Loss = Probability(ref chance, 0.002, 0.08),
            Delay = Probability(ref chance, 0.002, 0.05),
            Duplicate = Probability(ref chance, 0.002, 0.08),
            WriteRefused = Probability(ref chance, 0.001, 0.03),
            WriteUnknown = Probability(ref chance, 0.001, 0.03),
            ReadRefused = Probability(ref chance, 0.002, 0.05),
            CrashPoint = Probability(ref chance, 0.0001, 0.002),
            IgnoresSigterm = Probability(ref chance, 0.1, 0.5),
            PartitionEvery = Pause(ref chance, 3, 30),
            ReplayEvery = Pause(ref chance, 0.05, 1),
            SiloCrashEvery = Pause(ref chance, 8, 60),
            PauseEvery = Pause(ref chance, 4, 30),
            DropEvery = Pause(ref chance, 0.5, 10),
            IdleEvery = Pause(ref chance, 0.2, 3),
            ZombieEvery = Pause(ref chance, 1, 15),
            SlowDiskEvery = Pause(ref chance, 5, 40),
            AgentCrashEvery = Pause(ref chance, 3, 30),
            AgentLeavesEvery = Pause(ref chance, 5, 40),
            MachineCrashEvery = Pause(ref chance, 10, 60),
            KillEvery = Pause(ref chance, 1, 10),
            ClockOffset = chance.Chance(0.7) ? TimeSpan.FromSeconds(chance.NextDouble() * 20) : TimeSpan.Zero,
            ClockDriftPerMillion = chance.Chance(0.7) ? chance.Next(20_000) : 0,
            HoldEvery = DrawHolds(seed),
            DeviceFaultEvery = Pause(ref chance, 0.3, 5),
        };
    }

    /// <summary>Of a stream of its own, so that it changes nothing of the rest.</summary>
    private static TimeSpan? DrawHolds(ulong seed)
    {
        var chance = SeedStream.For(seed, "holds");
        return Pause(ref chance, 3, 40);
    }

    private static double Probability(ref SeedStream chance, double least, double most)
    {
        var on = chance.Chance(0.67);
        var value = Between(ref chance, least, most);
        return on ? value : 0;
    }

    private static TimeSpan? Pause(ref SeedStream chance, double leastSeconds, double mostSeconds)
    {
        var on = chance.Chance(0.67);
        var value = TimeSpan.FromSeconds(Between(ref chance, leastSeconds, mostSeconds));
        return on ? value : null;
    }

    /// <summary>Even on a logarithmic scale: least * (most / least)^u.</summary>
    private static double Between(ref SeedStream chance, double least, double most) => least * Math.Pow(most / least, chance.NextDouble());
}
