using System.Globalization;

namespace Lepton.Agent.Options;

/// <summary>Sizes as people write them: <c>512MiB</c>, <c>4GiB</c>, or bytes.</summary>
internal static class Sizes
{
    private const long Most = 1L << 50;

    /// <summary>Null when it is none, or not above 0.</summary>
    public static long? Bytes(string text)
    {
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        long? unit = text[digits..] switch { "" => 1, "KiB" => 1L << 10, "MiB" => 1L << 20, "GiB" => 1L << 30, "TiB" => 1L << 40, _ => null };
        return unit is { } u && decimal.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number > 0 && number <= Most && number * u <= Most
            ? (long)(number * u)
            : null;
    }
}
