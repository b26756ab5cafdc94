namespace Lepton.Hosting;

/// <summary>A hash in text: 64 lower-case hex digits and nothing else, so that it is safe as a file name.</summary>
internal static class Sha256Hex
{
    public static bool IsValid(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    /// <exception cref="ArgumentException">Not a hash.</exception>
    public static void Require(string text)
    {
        if (!IsValid(text)) throw new ArgumentException($"'{text}' is not a SHA-256. Maybe write it as 64 lower-case hex digits.", nameof(text));
    }
}
