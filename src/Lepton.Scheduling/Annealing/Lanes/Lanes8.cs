using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lepton.Scheduling.Annealing.Lanes;

/// <summary>Up to 8 lanes in one vector.</summary>
public readonly struct Lanes8 : ILanes
{
    public static int Padded(int lanes) => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Fits(ref int need, ref int mask, ref int room, int width) =>
        Vector256.GreaterThanOrEqualAll(Vector256.LoadUnsafe(ref room), Vector256.LoadUnsafe(ref need) & Vector256.LoadUnsafe(ref mask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool FitsInstead(ref int enters, ref int entersMask, ref int leaves, ref int leavesMask, ref int room, int width) =>
        Vector256.GreaterThanOrEqualAll(
            Vector256.LoadUnsafe(ref room) + (Vector256.LoadUnsafe(ref leaves) & Vector256.LoadUnsafe(ref leavesMask)),
            Vector256.LoadUnsafe(ref enters) & Vector256.LoadUnsafe(ref entersMask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ShiftPrice(ref int need, ref int overFrom, ref int overTo, ref double weight, int width) =>
        Price(Vector256.LoadUnsafe(ref need), ref overFrom, ref overTo, ref weight);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double SwapPrice(ref int need, ref int other, ref int overFrom, ref int overTo, ref double weight, int width) =>
        Price(Vector256.LoadUnsafe(ref need) - Vector256.LoadUnsafe(ref other), ref overFrom, ref overTo, ref weight);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(ref int target, ref int need, int width) =>
        (Vector256.LoadUnsafe(ref target) + Vector256.LoadUnsafe(ref need)).StoreUnsafe(ref target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subtract(ref int target, ref int need, int width) =>
        (Vector256.LoadUnsafe(ref target) - Vector256.LoadUnsafe(ref need)).StoreUnsafe(ref target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddMasked(ref int target, ref int need, ref int mask, int width) =>
        (Vector256.LoadUnsafe(ref target) + (Vector256.LoadUnsafe(ref need) & Vector256.LoadUnsafe(ref mask))).StoreUnsafe(ref target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SubtractMasked(ref int target, ref int need, ref int mask, int width) =>
        (Vector256.LoadUnsafe(ref target) - (Vector256.LoadUnsafe(ref need) & Vector256.LoadUnsafe(ref mask))).StoreUnsafe(ref target);

    /// <summary>Σ weight × (max(0, to + d) − max(0, to) + max(0, from − d) − max(0, from)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Price(Vector256<int> d, ref int overFrom, ref int overTo, ref double weight)
    {
        var zero = Vector256<int>.Zero;
        var from = Vector256.LoadUnsafe(ref overFrom);
        var to = Vector256.LoadUnsafe(ref overTo);
        var change = Vector256.Max(to + d, zero) - Vector256.Max(to, zero) + (Vector256.Max(from - d, zero) - Vector256.Max(from, zero));
        return Weighted.Sum(change, ref weight);
    }
}
