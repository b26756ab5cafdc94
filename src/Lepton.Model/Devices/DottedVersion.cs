using System.Globalization;

namespace Lepton.Model;

/// <summary>Order of versions such as a driver's <c>580.65.06</c>: part by part, as numbers; a missing part counts as 0.</summary>
public static class DottedVersion
{
    /// <summary>True when every part is a number.</summary>
    public static bool IsValid(string text) =>
        text.Length > 0 && text.Split('.').All(p => p.Length is > 0 and <= 9 && int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>Whether a version is at least another one. What cannot be read is not.</summary>
    public static bool IsAtLeast(string? has, string asked)
    {
        if (has is null || !IsValid(has) || !IsValid(asked)) return false;
        var (a, b) = (has.Split('.'), asked.Split('.'));
        for (var i = 0; i < Math.Max(a.Length, b.Length); i++)
        {
            var order = Part(a, i).CompareTo(Part(b, i));
            if (order != 0) return order > 0;
        }

        return true;
    }

    private static int Part(string[] parts, int i) => i < parts.Length ? int.Parse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture) : 0;
}
