using System.Globalization;
using System.Text;

namespace Lepton.Specs;

/// <summary>Durations as people write them: <c>30s</c>, <c>10m</c>, <c>3h40m</c>, <c>2d</c>, <c>250ms</c>.</summary>
internal static class DurationText
{
    private static readonly (string Unit, long Milliseconds)[] Units =
        [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

    private static readonly (string Word, string Unit)[] Spoken =
    [
        ("milliseconds", "ms"), ("millisecond", "ms"), ("seconds", "s"), ("second", "s"), ("secs", "s"), ("sec", "s"),
        ("minutes", "m"), ("minute", "m"), ("mins", "m"), ("min", "m"), ("hours", "h"), ("hour", "h"), ("hrs", "h"), ("hr", "h"),
        ("days", "d"), ("day", "d"), ("and", ""), (" ", ""),
    ];

    /// <summary>Numbers with units, the larger unit first, each at most once.</summary>
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        long total = 0;
        var at = 0;
        var next = 0;
        while (at < text.Length)
        {
            var digits = at;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            if (at == digits || at - digits > 9) return false;
            var number = long.Parse(text.AsSpan(digits, at - digits), CultureInfo.InvariantCulture);
            var letters = at;
            while (at < text.Length && char.IsAsciiLetterLower(text[at])) at++;
            var unit = Array.FindIndex(Units, next, u => text.AsSpan(letters, at - letters).SequenceEqual(u.Unit));
            if (unit < 0) return false;
            next = unit + 1;
            // Nine digits of days are below 2^57 milliseconds: five such terms cannot overflow.
            total += number * Units[unit].Milliseconds;
            if (total > (long)TimeSpan.MaxValue.TotalMilliseconds) return false;
        }

        value = TimeSpan.FromMilliseconds(total);
        return text.Length > 0;
    }

    public static string Format(TimeSpan value)
    {
        var rest = (long)value.TotalMilliseconds;
        if (rest == 0) return "0s";
        var text = new StringBuilder();
        foreach (var (unit, milliseconds) in Units)
        {
            if (rest < milliseconds) continue;
            text.Append(CultureInfo.InvariantCulture, $"{rest / milliseconds}{unit}");
            rest %= milliseconds;
        }

        return text.ToString();
    }

    /// <summary>
    /// What was probably meant: <c>6 hours</c> → <c>6h</c>, <c>90</c> → <c>90s</c>; null where nobody can tell.
    /// </summary>
    public static string? Guess(string text)
    {
        if (text.Length > 40) return null;
        var guess = text.Trim().ToLowerInvariant();
        if (guess.Length is > 0 and < 10 && guess.All(char.IsAsciiDigit)) return guess + "s";
        foreach (var (word, unit) in Spoken) guess = guess.Replace(word, unit, StringComparison.Ordinal);
        return TryParse(guess, out var value) ? Format(value) : null;
    }
}
