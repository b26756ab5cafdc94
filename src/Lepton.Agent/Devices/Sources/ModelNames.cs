namespace Lepton.Agent.Devices.Sources;

/// <summary>From a driver's full name to the short one that jobs ask for: <c>NVIDIA H100 80GB HBM3</c> is an <c>H100</c>.</summary>
internal static class ModelNames
{
    private const string BeforeProfile = " MIG ";
    private static readonly string[] s_makers = ["NVIDIA", "Tesla", "Quadro", "GeForce", "Graphics", "Device"];
    private static readonly string[] s_families = ["RTX", "GTX", "TITAN"];

    /// <summary>The words of the maker fall away; a family name stays with what follows it: <c>RTX-4090</c>.</summary>
    public static string Short(string fullName)
    {
        var at = fullName.IndexOf(BeforeProfile, StringComparison.Ordinal);
        var words = (at < 0 ? fullName : fullName[..at]).Split([' ', '_'], StringSplitOptions.RemoveEmptyEntries).Where(w => !s_makers.Contains(w)).ToArray();
        if (words.Length == 0) return Safe(fullName);
        if (!s_families.Contains(words[0], StringComparer.OrdinalIgnoreCase) || words.Length == 1) return Safe(words[0].Split('-')[0]);
        return Safe(string.Join('-', words.Take(words.Length > 2 && words[2] is "Ti" or "SUPER" ? 3 : 2)));
    }

    /// <summary>Profile of a MIG instance: <c>NVIDIA H100 80GB HBM3 MIG 3g.40gb</c> is a <c>3g.40gb</c>. Null: not in the name.</summary>
    public static string? MigProfile(string fullName)
    {
        var at = fullName.IndexOf(BeforeProfile, StringComparison.Ordinal);
        return at < 0 ? null : fullName[(at + BeforeProfile.Length)..].Trim();
    }

    private static string Safe(string text)
    {
        var safe = string.Concat(text.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));
        return safe.Length > 0 && char.IsAsciiLetter(safe[0]) ? safe : $"GPU-{safe}";
    }
}
