namespace Lepton.Scheduling.Explaining;

/// <summary>A change of a request, and how much of it is given up.</summary>
/// <param name="Size">For a quantity the part that is left out, 0 to 1; for the rest the weights below: what costs nothing but a line of the spec is small.</param>
internal readonly record struct Change(double Size, string Words)
{
    public const double TimeLimit = 0.05;
    public const double Priority = 0.1;
    public const double Interconnect = 0.2;
    public const double Rule = 0.25;
    public const double OtherQueue = 0.3;
    public const double OtherRegion = 0.3;
    public const double OtherModel = 0.35;

    /// <summary>The part of what was asked that is left out.</summary>
    public static double Part(long asked, long left) => asked <= 0 ? 0 : (double)(asked - left) / asked;
}
