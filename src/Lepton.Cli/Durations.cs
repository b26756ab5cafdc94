using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Lepton.Cli;

/// <summary>Times as people write them: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>2d</c>.</summary>
internal static partial class Durations
{
    public static TimeSpan? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (TryParse(text, out var time)) return time;
        result.AddError($"'{text}' is no time. Maybe 30s, 5m or 1h30m.");
        return null;
    }

    public static bool TryParse(string text, out TimeSpan time)
    {
        time = TimeSpan.Zero;
        var match = Form().Match(text);
        if (!match.Success || text.Length == 0) return false;
        double Part(string name) => match.Groups[name].Success ? double.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture) : 0;
        var seconds = (Part("d") * 86400) + (Part("h") * 3600) + (Part("m") * 60) + Part("s") + (Part("ms") / 1000);
        if (seconds is <= 0 or > 31_536_000) return false;
        time = TimeSpan.FromSeconds(seconds);
        return true;
    }

    [GeneratedRegex(@"\A((?<d>\d{1,4})d)?((?<h>\d{1,5})h)?((?<m>\d{1,7})m(?!s))?((?<s>\d{1,9}(\.\d{1,3})?)s)?((?<ms>\d{1,9})ms)?\z")]
    private static partial Regex Form();
}
