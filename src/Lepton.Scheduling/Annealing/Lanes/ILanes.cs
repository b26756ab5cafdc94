namespace Lepton.Scheduling.Annealing.Lanes;

/// <summary>
/// Arithmetic on the lanes of one task or node: resources side by side, so that all are compared in one instruction.
/// </summary>
/// <remarks>
/// Cost of a lane: weight × max(0, over). <c>need[l]</c> is what a task adds to <c>over[l]</c> and takes from <c>room[l]</c>;
/// <c>mask[l]</c> is 0 where a lane does not count for a task at its home, else all ones.
/// </remarks>
public interface ILanes
{
    /// <summary>Lanes in memory for so many lanes in use.</summary>
    static abstract int Padded(int lanes);

    /// <summary>room ≥ need &amp; mask in every lane.</summary>
    static abstract bool Fits(ref int need, ref int mask, ref int room, int width);

    /// <summary>room + (leaves &amp; leavesMask) ≥ enters &amp; entersMask in every lane.</summary>
    static abstract bool FitsInstead(ref int enters, ref int entersMask, ref int leaves, ref int leavesMask, ref int room, int width);

    /// <summary>Price of need leaving one node for another.</summary>
    static abstract double ShiftPrice(ref int need, ref int overFrom, ref int overTo, ref double weight, int width);

    /// <summary>Price of need going over and other coming back.</summary>
    static abstract double SwapPrice(ref int need, ref int other, ref int overFrom, ref int overTo, ref double weight, int width);

    /// <summary>target += need.</summary>
    static abstract void Add(ref int target, ref int need, int width);

    /// <summary>target -= need.</summary>
    static abstract void Subtract(ref int target, ref int need, int width);

    /// <summary>target += need &amp; mask.</summary>
    static abstract void AddMasked(ref int target, ref int need, ref int mask, int width);

    /// <summary>target -= need &amp; mask.</summary>
    static abstract void SubtractMasked(ref int target, ref int need, ref int mask, int width);
}
