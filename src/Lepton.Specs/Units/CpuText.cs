using System.Globalization;

namespace Lepton.Specs;

/// <summary>
/// CPU as cores (<c>0.5</c>, <c>32</c>, <c>32+</c>) or thousandths (<c>500m</c>), held as thousandths of a core.
/// </summary>
internal static class CpuText
{
    public static bool TryParse(string text, out long milliCpu)
    {
        milliCpu = 0;
        if (text.Length > 20) return false;
        var body = text.EndsWith('+') ? text.AsSpan(0, text.Length - 1) : text;
        var scale = 1000m;
        if (body.EndsWith("m"))
        {
            body = body[..^1];
            scale = 1m;
        }

        if (!decimal.TryParse(body, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        // Bound first: the product must neither overflow nor be rounded.
        if (number > SpecLimits.MilliCpu * 1000m) return false;
        var exact = number * scale;
        milliCpu = (long)exact;
        return exact == milliCpu;
    }

    public static string Format(long milliCpu) => (milliCpu / 1000m).ToString("0.###", CultureInfo.InvariantCulture);

    public static string? Guess(string text)
    {
        if (text.Length > 40) return null;
        var number = new string([.. text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.')]);
        return decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var cores) && cores is >= 0.001m and < 10_000m
            ? Math.Round(cores, 3).ToString("0.###", CultureInfo.InvariantCulture)
            : null;
    }
}
