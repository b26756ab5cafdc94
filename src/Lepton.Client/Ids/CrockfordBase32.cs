namespace Lepton.Client;

/// <summary>Crockford's base 32: digits and capitals without I, L, O and U, so that an id can be read out and typed.</summary>
public static class CrockfordBase32
{
    public const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>Characters of 128 bits.</summary>
    public const int Length128 = 26;

    /// <summary>Exactly 26 characters, most significant first; the first holds the top 3 bits.</summary>
    public static string Encode(UInt128 value) =>
        string.Create(Length128, value, static (text, v) =>
        {
            for (var i = text.Length - 1; i >= 0; i--)
            {
                text[i] = Alphabet[(int)(v & 31)];
                v >>= 5;
            }
        });

    /// <summary>Capital letters, with I and L read as 1 and O as 0, as the encoding asks of readers.</summary>
    public static string Normalise(string typed) =>
        string.Create(typed.Length, typed, static (text, t) =>
        {
            for (var i = 0; i < t.Length; i++)
            {
                text[i] = char.ToUpperInvariant(t[i]) switch { 'I' or 'L' => '1', 'O' => '0', var c => c };
            }
        });

    public static bool IsWritten(string text) => text.All(c => Alphabet.Contains(c, StringComparison.Ordinal));
}
