using System.Globalization;

namespace Lepton.Cli.Fleets;

/// <summary>Names of the regions of a local fleet.</summary>
internal static class RegionNames
{
    public const int Most = 8;

    /// <summary>The first ones have prices and links of real places, the others none.</summary>
    private static readonly string[] Known = ["us-east", "eu-west", "ap-south"];

    /// <param name="text">A number, or names separated by commas; the fleet itself judges names.</param>
    /// <exception cref="UsageException">A number out of range, or no name.</exception>
    public static IReadOnlyList<string> Of(string text)
    {
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count))
        {
            var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return names.Length > 0 ? names : throw new UsageException($"--regions is '{text}', which names none.", "Maybe 3, or us-east,eu-west.");
        }

        return count is >= 1 and <= Most
            ? [.. Enumerable.Range(0, count).Select(i => i < Known.Length ? Known[i] : string.Create(CultureInfo.InvariantCulture, $"region-{i + 1}"))]
            : throw new UsageException($"--regions is {count}; one machine hosts 1 to {Most}.", "Maybe 3.");
    }
}
