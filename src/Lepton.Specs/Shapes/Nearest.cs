namespace Lepton.Specs;

/// <summary>The name that was probably meant, by edit distance.</summary>
internal static class Nearest
{
    private const int LongestCompared = 64;

    /// <summary>
    /// The closest candidate within a third of its length (at least one edit), or null. Ties: the earlier one. What all hints of a text may cost
    /// is counted by its list of errors; where nothing is left, the candidates seen so far have to do. Without a list
    /// (a file of this machine's own) nothing is counted.
    /// </summary>
    public static string? Of(string asked, IEnumerable<string> candidates, ErrorList? errors = null)
    {
        if (asked.Length is 0 or > LongestCompared) return null;
        string? best = null;
        var least = int.MaxValue;
        foreach (var candidate in candidates)
        {
            // Looking at a candidate costs a step as well: many tasks times many names would be the square of the text.
            if (errors?.Affords(1) == false) break;
            if (candidate.Length > LongestCompared) continue;
            var most = Math.Min(least - 1, Math.Max(1, Math.Max(asked.Length, candidate.Length) / 3));
            if (Math.Abs(asked.Length - candidate.Length) > most) continue;
            if (errors?.Affords(asked.Length * candidate.Length) == false) break;
            var distance = Distance(asked, candidate, most);
            if (distance <= most) (best, least) = (candidate, distance);
        }

        return best;
    }

    /// <summary>
    /// Insertions, deletions, replacements and swaps of neighbours; the case of letters is free. Beyond <paramref name="most"/> some number
    /// larger than it. Cost: O(a × b), and about O(most × b) for words that have nothing in common.
    /// </summary>
    internal static int Distance(string a, string b, int most = int.MaxValue)
    {
        var rows = new int[3][];
        for (var i = 0; i < 3; i++) rows[i] = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) rows[0][j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var (row, above, twoAbove) = (rows[i % 3], rows[(i - 1) % 3], rows[(i + 1) % 3]);
            row[0] = i;
            var best = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + cost);
                var swapped = i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]);
                if (swapped) row[j] = Math.Min(row[j], twoAbove[j - 2] + 1);
                best = Math.Min(best, row[j]);
            }

            // A swap reaches two rows back and adds one: rows below can still not come under what is the best of this one.
            if (best > most) return best;
        }

        return rows[a.Length % 3][b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
