using System.Runtime.CompilerServices;

namespace Lepton.Scheduling.Annealing.Lanes;

/// <summary>Any number of lanes, sixteen at a time.</summary>
public readonly struct ManyLanes : ILanes
{
    private const int Step = 16;

    public static int Padded(int lanes) => (lanes + Step - 1) / Step * Step;

    public static bool Fits(ref int need, ref int mask, ref int room, int width)
    {
        for (var l = 0; l < width; l += Step)
        {
            if (!Lanes16.Fits(ref Unsafe.Add(ref need, l), ref Unsafe.Add(ref mask, l), ref Unsafe.Add(ref room, l), Step)) return false;
        }

        return true;
    }

    public static bool FitsInstead(ref int enters, ref int entersMask, ref int leaves, ref int leavesMask, ref int room, int width)
    {
        for (var l = 0; l < width; l += Step)
        {
            var fits = Lanes16.FitsInstead(
                ref Unsafe.Add(ref enters, l),
                ref Unsafe.Add(ref entersMask, l),
                ref Unsafe.Add(ref leaves, l),
                ref Unsafe.Add(ref leavesMask, l),
                ref Unsafe.Add(ref room, l),
                Step);
            if (!fits) return false;
        }

        return true;
    }

    public static double ShiftPrice(ref int need, ref int overFrom, ref int overTo, ref double weight, int width)
    {
        var price = 0.0;
        for (var l = 0; l < width; l += Step)
        {
            price += Lanes16.ShiftPrice(
                ref Unsafe.Add(ref need, l),
                ref Unsafe.Add(ref overFrom, l),
                ref Unsafe.Add(ref overTo, l),
                ref Unsafe.Add(ref weight, l),
                Step);
        }

        return price;
    }

    public static double SwapPrice(ref int need, ref int other, ref int overFrom, ref int overTo, ref double weight, int width)
    {
        var price = 0.0;
        for (var l = 0; l < width; l += Step)
        {
            price += Lanes16.SwapPrice(
                ref Unsafe.Add(ref need, l),
                ref Unsafe.Add(ref other, l),
                ref Unsafe.Add(ref overFrom, l),
                ref Unsafe.Add(ref overTo, l),
                ref Unsafe.Add(ref weight, l),
                Step);
        }

        return price;
    }

    public static void Add(ref int target, ref int need, int width)
    {
        for (var l = 0; l < width; l += Step) Lanes16.Add(ref Unsafe.Add(ref target, l), ref Unsafe.Add(ref need, l), Step);
    }

    public static void Subtract(ref int target, ref int need, int width)
    {
        for (var l = 0; l < width; l += Step) Lanes16.Subtract(ref Unsafe.Add(ref target, l), ref Unsafe.Add(ref need, l), Step);
    }

    public static void AddMasked(ref int target, ref int need, ref int mask, int width)
    {
        for (var l = 0; l < width; l += Step)
        {
            Lanes16.AddMasked(ref Unsafe.Add(ref target, l), ref Unsafe.Add(ref need, l), ref Unsafe.Add(ref mask, l), Step);
        }
    }

    public static void SubtractMasked(ref int target, ref int need, ref int mask, int width)
    {
        for (var l = 0; l < width; l += Step)
        {
            Lanes16.SubtractMasked(ref Unsafe.Add(ref target, l), ref Unsafe.Add(ref need, l), ref Unsafe.Add(ref mask, l), Step);
        }
    }
}
