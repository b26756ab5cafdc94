namespace Lepton.Scheduling.Annealing;

/// <summary>−ln(u) for u uniform in (0, 1): how far above nothing a move may cost at temperature 1, drawn before the move is priced.</summary>
/// <remarks>
/// Accepting when delta ≤ T × −ln(u) is the Metropolis rule with the draw first, so that pricing can stop early. Small, to leave the first cache to
/// the placement.
/// </remarks>
internal static class ThresholdTable
{
    public const int Size = 2048;

    public static readonly float[] MinusLog = Make();

    private static float[] Make()
    {
        var table = new float[Size];
        for (var i = 0; i < Size; i++) table[i] = (float)-Math.Log((i + 0.5) / Size);
        return table;
    }
}
