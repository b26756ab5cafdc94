namespace Lepton.Scheduling.Placement.Rules;

/// <summary>How values of attributes compare: dotted numbers part by part, other texts letter by letter, one with the other not at all.</summary>
internal static class AttributeText
{
    /// <summary>Longest part of a version that is taken as a number.</summary>
    private const int LongestPart = 18;

    public static bool AreEqual(ReadOnlySpan<char> a, ReadOnlySpan<char> b) => a.SequenceEqual(b) || (IsVersion(a) && IsVersion(b) && CompareVersions(a, b) == 0);

    /// <summary>Null when the two have no order.</summary>
    public static int? Compare(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var (first, second) = (IsVersion(a), IsVersion(b));
        if (first != second) return null;
        return first ? CompareVersions(a, b) : a.SequenceCompareTo(b);
    }

    /// <summary>True for digits with dots in between: <c>8</c>, <c>1.10</c>, <c>580.65.06</c>.</summary>
    public static bool IsVersion(ReadOnlySpan<char> text)
    {
        var digits = 0;
        foreach (var letter in text)
        {
            if (letter == '.')
            {
                if (digits == 0) return false;
                digits = 0;
            }
            else if (!char.IsAsciiDigit(letter) || ++digits > LongestPart)
            {
                return false;
            }
        }

        return digits > 0;
    }

    /// <summary>A missing part counts as 0.</summary>
    private static int CompareVersions(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        while (!a.IsEmpty || !b.IsEmpty)
        {
            var order = TakePart(ref a).CompareTo(TakePart(ref b));
            if (order != 0) return order;
        }

        return 0;
    }

    private static long TakePart(ref ReadOnlySpan<char> rest)
    {
        var part = 0L;
        var at = 0;
        for (; at < rest.Length && rest[at] != '.'; at++) part = (part * 10) + (rest[at] - '0');
        rest = at < rest.Length ? rest[(at + 1)..] : [];
        return part;
    }
}
