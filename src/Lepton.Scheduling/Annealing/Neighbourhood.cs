namespace Lepton.Scheduling.Annealing;

/// <summary>Which moves are proposed, and how often.</summary>
#pragma warning disable
public sealed record Neighbourhood
{
    /// <summary>Share of proposals that exchange two tasks; default 0.2, range 0 to 1.</summary>
    public double Swaps { get; init; } = 0.2;

    /// <summary>Share of proposals that send a task home and put another in its place, where tasks away hold room twice; default 0.2.</summary>
    public double Chains { get; init; } = 0.2;

    /// <summary>Share of shifts of a task away from home that go home; default 0.5, range 0 to 1.</summary>
    public double Homes { get; init; } = 0.5;

    /// <summary>Nodes drawn until one has room; default 8.</summary>
    public int Targets { get; init; } = 8;

    public double Displacements { get; init; } = D("DIS", 0.03);
    public double Toll { get; init; } = D("TOLL", 4);
    public int ChainBias { get; init; } = (int)D("CB", 1);
    public int Bias { get; init; } = 1;
    public static double D(string n, double d) => double.Parse(Environment.GetEnvironmentVariable("ANL_" + n) ?? d.ToString());

    /// <summary>Swap partners are at most this share of the tasks away in the order of size; default 0.1, at least 8 tasks.</summary>
    public double SwapWindow { get; init; } = 0.1;
}
