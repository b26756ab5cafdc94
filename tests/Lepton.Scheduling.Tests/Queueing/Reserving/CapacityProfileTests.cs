using CsCheck;
using Lepton.Scheduling.Queueing.Reserving;

namespace Lepton.Scheduling.Tests.Queueing.Reserving;

public sealed class CapacityProfileTests
{
    private const int Horizon = 30;

    private static readonly Gen<(int From, int For, long[] Amounts, int What)[]> Steps =
        Gen.Select(Gen.Int[0, 20], Gen.Int[1, 12], Gen.Long[0, 3].Array[2], Gen.Int[0, 3]).Array[0, 15];

    [Fact]
    public void Agrees_with_a_table_of_every_moment() => Gen.Select(Steps, Gen.Long[0, 6].Array[2], Gen.Int[0, 12], Gen.Int[1, 10]).Sample((steps, asked, from, duration) =>
    {
        var profile = new CapacityProfile(2);
        profile.Reset(0, [5, 5]);
        var table = Enumerable.Range(0, Horizon * 2).Select(_ => new long[] { 5, 5 }).ToArray();
        foreach (var (start, length, amounts, what) in steps)
        {
            var end = what == 3 ? CapacityProfile.Never : start + length;
            if (what == 0) profile.Free(start, amounts);
            else profile.Take(start, end, amounts);
            for (var t = start; t < table.Length && (what == 0 || t < end); t++)
            {
                for (var kind = 0; kind < 2; kind++) table[t][kind] += what == 0 ? amounts[kind] : -amounts[kind];
            }
        }

        bool Fits(int at, int length) => Enumerable.Range(at, length).All(t => table[t].Zip(asked).All(p => p.Second == 0 || p.First >= p.Second));
        Assert.Equal(Fits(from, duration), profile.Fits(asked, from, from + duration));
        var earliest = Enumerable.Range(from, (Horizon * 2) - from - duration).Where(t => Fits(t, duration)).Select(t => (long)t).FirstOrDefault(CapacityProfile.Never);
        Assert.Equal(earliest, profile.Earliest(asked, duration, from));
        var forEver = Enumerable.Range(from, (Horizon * 2) - from).Where(t => Fits(t, (Horizon * 2) - t)).Select(t => (long)t).FirstOrDefault(CapacityProfile.Never);
        Assert.Equal(forEver, profile.Earliest(asked, CapacityProfile.Never, from));
    });

    [Fact]
    public void Gives_back_what_it_took()
    {
        var profile = new CapacityProfile(1);
        profile.Reset(0, [4]);
        profile.Take(2, 8, [3]);
        Assert.False(profile.Fits([2], 0, 3));
        profile.GiveBack(2, 8, [3]);
        Assert.True(profile.Fits([4], 0, CapacityProfile.Never));
    }
}
