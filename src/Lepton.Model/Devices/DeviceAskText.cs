using System.Globalization;

namespace Lepton.Model;

/// <summary>A device ask in the words of a job spec and of explanations.</summary>
internal static class DeviceAskText
{
    public static string Of(DeviceAsk ask)
    {
        var words = new List<string>();
        var what = ask.Models.IsDefaultOrEmpty ? ask.Kind.ToString().ToUpperInvariant() : string.Join('|', ask.Models);
        var count = ask.Most > ask.Count ? string.Create(CultureInfo.InvariantCulture, $"{ask.Count}..{ask.Most}") : ask.Count.ToString(CultureInfo.InvariantCulture);
        words.Add(ask.IsShare ? string.Create(CultureInfo.InvariantCulture, $"{ask.ShareMilli / 1000.0:0.###} of 1 {what}") : $"{count} {what}");
        if (ask.MigProfile is { } profile) words.Add($"as MIG {profile}");
        if (ask.MemoryBytes > 0) words.Add(string.Create(CultureInfo.InvariantCulture, $"with {ask.MemoryBytes / 1073741824.0:0.##} GiB{(ask.Most > 1 ? " each" : "")}"));
        if (ask.OneIsland) words.Add("on one island");
        if (ask.MinComputeCapability is { } capability) words.Add($"of compute capability {capability} or higher");
        if (ask.MinDriver is { } driver) words.Add($"under driver {driver} or newer");
        if (ask.Isolation != IsolationAbilities.None) words.Add($"enforcing {IsolationText.Of(ask.Isolation)}");
        return string.Join(' ', words);
    }
}
