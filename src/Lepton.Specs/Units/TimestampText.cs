using System.Globalization;

namespace Lepton.Specs;

/// <summary>
/// Points in time in ISO 8601 with a zone, held in UTC: <c>2026-11-24T08:00:00Z</c>, <c>2026-11-24T09:00:00+01:00</c>.
/// </summary>
internal static class TimestampText
{
    private static readonly string[] Zoned =
        ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.fffK", "yyyy-MM-dd'T'HH:mm:ss.fffffffK"];

    private const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    public static bool TryParse(string text, out DateTimeOffset value)
    {
        value = default;
        var zone = text.EndsWith('Z') || (text.Length > 6 && text[^6] is ('+' or '-') && text[^3] == ':' && text.Contains('T', StringComparison.Ordinal));
        return zone && text.Length <= 40 && DateTimeOffset.TryParseExact(text, Zoned, CultureInfo.InvariantCulture, Styles, out value);
    }

    public static string Format(DateTimeOffset value)
    {
        var utc = value.ToUniversalTime();
        return utc.ToString(utc.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
    }

    /// <summary>The same time with a zone where only that is missing.</summary>
    public static string? Guess(string text)
    {
        if (text.Length > 40) return null;
        var guess = text.Trim().Replace(' ', 'T');
        if (guess.Length == 10) guess += "T00:00:00";
        return TryParse(guess + "Z", out var value) || TryParse(guess, out value) ? Format(value) : null;
    }
}
