namespace Lepton.Specs;

/// <summary>Values as configuration files write them.</summary>
public static class SettingsText
{
    public static string Of(TimeSpan time) => DurationText.Format(time);

    /// <summary>The name among <paramref name="known"/> that was probably meant; null where none is near.</summary>
    public static string? NearestOf(string asked, IEnumerable<string> known) => Nearest.Of(asked, known);
}
