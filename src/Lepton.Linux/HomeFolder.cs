namespace Lepton.Linux;

/// <summary>Where a local fleet keeps its state when nothing else is said.</summary>
public static class HomeFolder
{
    public const string Variable = "LEPTON_HOME";

    /// <summary>Where <see cref="Variable"/> points, else <c>lepton</c> in the user's data folder.</summary>
    public static string Of(Func<string, string?> environment)
    {
        if (environment(Variable) is { Length: > 0 } home) return Path.GetFullPath(home);
        if (environment("XDG_DATA_HOME") is { Length: > 0 } data && Path.IsPathRooted(data)) return Path.Combine(data, "lepton");
        return environment("HOME") is { Length: > 0 } user ? Path.Combine(user, ".local", "share", "lepton") : Path.Combine(Path.GetTempPath(), "lepton");
    }
}
