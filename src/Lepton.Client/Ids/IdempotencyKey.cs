using Lepton.Client.Wire;
using Lepton.Model;

namespace Lepton.Client;

/// <summary>
/// A key under which a submit is accepted once. <c>us-east/5f0c...</c> belongs to us-east whoever is asked; a bare key belongs to the region called.
/// </summary>
/// <param name="Owner">Null for a bare key.</param>
public readonly record struct IdempotencyKey(string Text, RegionId? Owner)
{
    public const int LongestCharacters = 255;

    /// <summary>A new key of a region.</summary>
    public static string NewFor(string region) => $"{region}/{Guid.NewGuid():D}";

    /// <exception cref="LeptonException">Empty, too long, or with characters that a header cannot carry.</exception>
    public static IdempotencyKey Parse(string text)
    {
        if (text.Length is 0 or > LongestCharacters)
        {
            throw Bad($"Idempotency-Key has {text.Length} characters; allowed are 1 to {LongestCharacters}.");
        }

        if (text.Any(c => c is < '!' or > '~')) throw Bad($"Idempotency-Key '{text}' holds a blank or a character outside ASCII.");
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) return new(text, null);
        return slash > 0 && slash < text.Length - 1
            ? new(text, new RegionId(text[..slash]))
            : throw Bad($"Idempotency-Key '{text}' has nothing before or behind its '/'.");
    }

    private static LeptonException Bad(string detail) =>
        LeptonException.Of(ProblemCodes.BadParameter, detail, "Write it as <region>/<uuid>, or leave the header out.");
}
