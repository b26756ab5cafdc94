using CsCheck;
using Lepton.Scheduling.Queueing;

namespace Lepton.Scheduling.Tests.Queueing;

public sealed class SortedRowsTests
{
    [Fact]
    public void Holds_what_a_sorted_dictionary_holds() => Gen.Select(Gen.Int[0, 400], Gen.Bool).Array[1, 1500].Sample(steps =>
    {
        var rows = new SortedRows<int, string>();
        var expected = new SortedDictionary<int, string>();
        foreach (var (key, put) in steps)
        {
            if (put)
            {
                rows.Put(key, $"{key}");
                expected[key] = $"{key}";
            }
            else
            {
                Assert.Equal(expected.Remove(key), rows.Remove(key));
            }
        }

        Assert.Equal(expected.Values, rows.Rows);
        Assert.Equal(expected.Count, rows.Count);
        foreach (var (key, _) in steps)
        {
            Assert.Equal(expected.ContainsKey(key), rows.TryGet(key, out _));
            var following = expected.Keys.Where(k => k > key).Select(k => (int?)k).FirstOrDefault();
            Assert.Equal(following is not null, rows.TryNext(key, out var next, out var row));
            if (following is not null) Assert.Equal((following.Value, $"{following}"), (next, row));
        }
    }, iter: 50);

    [Fact]
    public void Is_walked_to_the_end_while_rows_are_taken_out()
    {
        var rows = new SortedRows<int, int>();
        for (var i = 0; i < 1000; i++) rows.Put(i, i);
        var seen = new List<int>();
        int? at = null;
        while (rows.TryNext(at, out var key, out var row))
        {
            seen.Add(row);
            at = key;
            if (key % 2 == 0) rows.Remove(key);
        }

        Assert.Equal(Enumerable.Range(0, 1000), seen);
        Assert.Equal(500, rows.Count);
    }
}
