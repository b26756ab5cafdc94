using System.Globalization;

namespace Lepton.Specs;

/// <summary>
/// Sizes with binary units: <c>512MiB</c>, <c>40GiB</c>, <c>400Gi+</c>. Decimal units (GB) are refused: they are what
/// people mistake for these.
/// </summary>
internal static class SizeText
{
    private static readonly (string Unit, long Bytes)[] Units =
        [("PiB", 1L << 50), ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1)];

    /// <summary>
    /// A number with a unit; a plus behind it ("at least") changes nothing, since every size asked is a minimum.
    /// </summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        if (text.Length > 40) return false;
        var body = text.AsSpan().TrimEnd('+');
        if (text.Length - body.Length > 1) return false;
        var end = 0;
        while (end < body.Length && (char.IsAsciiDigit(body[end]) || body[end] == '.')) end++;
        var unit = body[end..];
        if (end == 0 || unit.IsEmpty || !char.IsAsciiDigit(body[0]) || !char.IsAsciiDigit(body[end - 1])) return false;
        if (!decimal.TryParse(body[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        foreach (var (name, size) in Units)
        {
            var same = unit.Equals(name, StringComparison.OrdinalIgnoreCase)
                || (name.Length == 3 && unit.Equals(name.AsSpan(0, 2), StringComparison.OrdinalIgnoreCase));
            if (!same) continue;
            if (number > long.MaxValue / size) return false;
            var exact = number * size;
            bytes = (long)exact;
            return exact == bytes;
        }

        return false;
    }

    public static string Format(long bytes)
    {
        foreach (var (unit, size) in Units)
        {
            if (bytes >= size && bytes % size == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{bytes / size}{unit}");
        }

        return "0B";
    }

    /// <summary>
    /// <c>40GB</c> or <c>40 G</c> → <c>40GiB</c>, <c>512</c> → <c>512MiB</c>; null where nobody can tell.
    /// </summary>
    public static string? Guess(string text)
    {
        if (text.Length > 40) return null;
        var guess = text.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        if (guess.Length is > 0 and < 10 && guess.All(char.IsAsciiDigit)) return guess + "MiB";
        var number = guess.TrimEnd('B');
        return number.Length > 1 && "KMGT".Contains(number[^1], StringComparison.Ordinal) && TryParse(number + "iB", out var bytes)
            ? Format(bytes)
            : null;
    }
}
