using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lepton.Scheduling.Annealing.Lanes;

/// <summary>Up to 16 lanes in one vector.</summary>
public readonly struct Lanes16 : ILanes
{
    public static int Padded(int lanes) => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Fits(ref int need, ref int mask, ref int room, int width) =>
        Vector512.GreaterThanOrEqualAll(Vector512.LoadUnsafe(ref room), Vector512.LoadUnsafe(ref need) & Vector512.LoadUnsafe(ref mask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool FitsInstead(ref int enters, ref int entersMask, ref int leaves, ref int leavesMask, ref int room, int width) =>
        Vector512.GreaterThanOrEqualAll(
            Vector512.LoadUnsafe(ref room) + (Vector512.LoadUnsafe(ref leaves) & Vector512.LoadUnsafe(ref leavesMask)),
            Vector512.LoadUnsafe(ref enters) & Vector512.LoadUnsafe(ref entersMask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ShiftPrice(ref int need, ref int overFrom, ref int overTo, ref double weight, int width) =>
        Price(Vector512.LoadUnsafe(ref need), ref overFrom, ref overTo, ref weight);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double SwapPrice(ref int need, ref int other, ref int overFrom, ref int overTo, ref double weight, int width) =>
        Price(Vector512.LoadUnsafe(ref need) - Vector512.LoadUnsafe(ref other), ref overFrom, ref overTo, ref weight);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(ref int target, ref int need, int width) =>
        (Vector512.LoadUnsafe(ref target) + Vector512.LoadUnsafe(ref need)).StoreUnsafe(ref target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subtract(ref int target, ref int need, int width) =>
        (Vector512.LoadUnsafe(ref target) - Vector512.LoadUnsafe(ref need)).StoreUnsafe(ref target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddMasked(ref int target, ref int need, ref int mask, int width) =>
        (Vector512.LoadUnsafe(ref target) + (Vector512.LoadUnsafe(ref need) & Vector512.LoadUnsafe(ref mask))).StoreUnsafe(ref target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SubtractMasked(ref int target, ref int need, ref int mask, int width) =>
        (Vector512.LoadUnsafe(ref target) - (Vector512.LoadUnsafe(ref need) & Vector512.LoadUnsafe(ref mask))).StoreUnsafe(ref target);

    /// <summary>Σ weight × (max(0, to + d) − max(0, to) + max(0, from − d) − max(0, from)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Price(Vector512<int> d, ref int overFrom, ref int overTo, ref double weight)
    {
        var zero = Vector512<int>.Zero;
        var from = Vector512.LoadUnsafe(ref overFrom);
        var to = Vector512.LoadUnsafe(ref overTo);
        var change = Vector512.Max(to + d, zero) - Vector512.Max(to, zero) + (Vector512.Max(from - d, zero) - Vector512.Max(from, zero));
        return Weighted.Sum(change, ref weight);
    }
}
