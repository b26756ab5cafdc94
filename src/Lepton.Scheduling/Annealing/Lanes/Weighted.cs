using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lepton.Scheduling.Annealing.Lanes;

/// <summary>Weighted sums of integer lanes, exact as long as the sum stays below 2^53.</summary>
internal static class Weighted
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector128<int> value, ref double weight) =>
        Vector256.Sum(Widen(value) * Vector256.LoadUnsafe(ref weight));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector256<int> value, ref double weight) =>
        Vector512.Sum(Widen(value) * Vector512.LoadUnsafe(ref weight));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector512<int> value, ref double weight) =>
        Vector512.Sum(
            (Widen(value.GetLower()) * Vector512.LoadUnsafe(ref weight))
            + (Widen(value.GetUpper()) * Vector512.LoadUnsafe(ref weight, 8)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Widen(Vector128<int> value) =>
        Avx.IsSupported
            ? Avx.ConvertToVector256Double(value)
            : Vector256.ConvertToDouble(Vector256.Create(Vector128.WidenLower(value), Vector128.WidenUpper(value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Widen(Vector256<int> value) =>
        Avx512F.IsSupported
            ? Avx512F.ConvertToVector512Double(value)
            : Vector512.Create(Widen(value.GetLower()), Widen(value.GetUpper()));
}
