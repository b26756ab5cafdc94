using System.Text.RegularExpressions;
using Lepton.Model;

namespace Lepton.Specs;

/// <summary>The rules that names, paths and patterns keep: one shape each, used wherever such a value stands.</summary>
internal static partial class Rules
{
    private const string NamePattern = "^[a-z0-9-]{1,63}$";
    private const string EnvPattern = "^[A-Za-z_][A-Za-z0-9_]{0,127}$";
    private const string AxisPattern = "^[A-Za-z_][A-Za-z0-9_-]{0,62}$";
    private const string LabelPattern = "^[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$";
    private const string MigPattern = @"^[1-9][0-9]?g\.[1-9][0-9]{0,3}gb(\+[a-z.]{1,8})?$";
    private const string ImagePattern = @"^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}$";
    private const string CapabilityPattern = @"^>=[1-9][0-9]?(\.[0-9])?$";
    private const string RegionPatternPattern = @"^[a-z0-9*-]{1,63}$";

    /// <summary>Variables that the agent sets for every task.</summary>
    public const string ReservedEnvPrefix = "LEPTON_";

    public static readonly TextShape Name = Matching(
        "a name", NameRegex, NamePattern, "is not a name: 1 to 63 of a-z, 0-9 and -.", GuessName);

    public static readonly TextShape Region = new("a region", SpecLimits.ShortChars, CheckRegion, NamePattern);

    public static readonly TextShape RegionPattern = Matching(
        "a region or a pattern", RegionPatternRegex, RegionPatternPattern, "is not a region or a pattern like eu-*.");

    public static readonly TextShape RegionOrNode =
        new("a region, or a node as region/name", 2 * SpecLimits.NameChars, CheckRegionOrNode);

    public static readonly TextShape LabelName = Matching(
        "a label name", LabelRegex, LabelPattern, "is not a label name: 1 to 63 letters, digits and . _ / - in between.");

    public static readonly TextShape LabelValue =
        new("a label value", SpecLimits.ShortChars) { AnyScalar = true, Empty = true };

    public static readonly TextShape EnvName =
        new("an environment variable", SpecLimits.ShortChars, CheckEnvName, EnvPattern);

    public static readonly TextShape EnvValue =
        new("a value", SpecLimits.ValueChars) { AnyScalar = true, Empty = true, Multiline = true };

    public static readonly TextShape Argument =
        new("an argument", SpecLimits.ValueChars) { AnyScalar = true, Empty = true, Multiline = true };

    public static readonly TextShape Axis = Matching(
        "a grid name", AxisRegex, AxisPattern, "is not a grid name: a letter, then letters, digits, _ and -.");

    public static readonly TextShape GridValue =
        new("a number, a text or true or false", SpecLimits.ShortChars) { AnyScalar = true };

    public static readonly TextShape Short = new("a text", SpecLimits.ShortChars);

    public static readonly TextShape MigProfile = Matching(
        "a MIG profile", MigRegex, MigPattern, "is not a MIG profile like 3g.40gb.");

    public static readonly TextShape Image = Matching(
        "a container image", ImageRegex, ImagePattern, "is not a container image like ghcr.io/team/trainer:1.2.", _ => "Maybe without spaces and placeholders.");

    public static readonly TextShape Capability = Matching(
        "a compute capability", CapabilityRegex, CapabilityPattern, "is not a compute capability like >=9.0.");

    public static readonly TextShape Workdir = new("an absolute folder", SpecLimits.ShortChars, CheckWorkdir, "^/");

    public static readonly TextShape Output = new("a file name or glob", SpecLimits.ShortChars, CheckOutput);

    public static readonly UnitShape<TimeSpan> Duration = OfDuration(TimeSpan.FromMilliseconds(1));

    public static readonly UnitShape<TimeSpan> DurationOrZero = OfDuration(TimeSpan.Zero);

    public static readonly UnitShape<DateTimeOffset> Timestamp = new(
        "a point in time with a zone (ISO 8601)", "2026-11-24T08:00:00Z", TimestampText.TryParse, TimestampText.Format, TimestampText.Guess,
        new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2200, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public static readonly UnitShape<long> Memory =
        OfSize("40GiB", SpecLimits.LeastMemoryBytes, SpecLimits.MemoryBytes);

    public static readonly UnitShape<long> InputSize = OfSize("2GiB", 0, SpecLimits.InputBytes);

    public static readonly UnitShape<long> Cpus = new(
        "a number of cores", "0.5", CpuText.TryParse, CpuText.Format, CpuText.Guess, 1, SpecLimits.MilliCpu) { BareNumber = true };

    public static readonly DecimalShape Usd = new("an amount in USD", 0, 1_000_000_000);

    public static readonly BoolShape Flag = new();

    public static readonly AnyShape Any = new();

    /// <summary>Null when the region is known, or when none are.</summary>
    public static TextProblem? Unknown(string value, string region, Scope scope)
    {
        var known = scope.Context.KnownRegions;
        if (known.IsDefaultOrEmpty || known.Contains(new RegionId(region))) return null;
        if (scope.Errors.Full) return new TextProblem("names a region that does not exist.");
        var nearest = Nearest.Of(region, known.Select(r => r.Value), scope.Errors);
        var hint = nearest is null
            ? $"Maybe one of {string.Join(", ", known.Take(20))}."
            : $"Maybe {nearest}{value[region.Length..]}.";
        return new TextProblem("names a region that does not exist.", hint);
    }

    private static UnitShape<TimeSpan> OfDuration(TimeSpan least) => new(
        "a duration", "10m", DurationText.TryParse, DurationText.Format, DurationText.Guess, least, SpecLimits.Duration);

    private static UnitShape<long> OfSize(string example, long least, long most) =>
        new("a size", example, SizeText.TryParse, SizeText.Format, SizeText.Guess, least, most);

    private static TextShape Matching(
        string what, Func<Regex> rule, string pattern, string problem, Func<string, string?>? guess = null) => new(
        what,
        SpecLimits.ShortChars,
        (value, _) => rule().IsMatch(value) ? null : new TextProblem(problem, guess?.Invoke(value)),
        pattern);

    private static TextProblem? CheckRegion(string value, Scope scope) => NameRegex().IsMatch(value)
        ? Unknown(value, value, scope)
        : new TextProblem("is not a region: 1 to 63 of a-z, 0-9 and -.", GuessName(value));

    private static TextProblem? CheckRegionOrNode(string value, Scope scope)
    {
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        var region = slash < 0 ? value : value[..slash];
        var fits = NameRegex().IsMatch(region) && (slash < 0 || NodeRegex().IsMatch(value[(slash + 1)..]));
        return fits
            ? Unknown(value, region, scope)
            : new("is neither a region nor a node.", "Maybe us-east or us-east/n04.");
    }

    private static TextProblem? CheckEnvName(string value, Scope scope)
    {
        if (!EnvRegex().IsMatch(value))
            return new("is not an environment variable: a letter or _, then letters, digits and _.");
        return value.StartsWith(ReservedEnvPrefix, StringComparison.Ordinal)
            ? new($"begins with {ReservedEnvPrefix}: the agent sets those variables.", "Maybe choose another name.")
            : null;
    }

    private static TextProblem? CheckWorkdir(string value, Scope scope)
    {
        if (value[0] != '/')
            return new("is not an absolute folder.", "Maybe begin it with /, or leave it out for a folder of the task's own.");
        return value.Split('/').Contains("..")
            ? new("leads upwards with a .. segment.", "Maybe write the folder out.")
            : null;
    }

    private static TextProblem? CheckOutput(string value, Scope scope)
    {
        if (value[0] == '/')
            return new("is absolute; outputs are names below the output folder.", "Maybe remove the / at the beginning.");
        if (value.Contains('\\', StringComparison.Ordinal)) return new("holds a backslash.", "Maybe use /.");
        if (value.Contains("${", StringComparison.Ordinal))
            return new("holds a placeholder; none is filled in here.", "Maybe use *.");
        return value.Split('/').Any(s => s is "" or "." or "..")
            ? new("holds an empty, . or .. segment.", "Maybe a name such as model.zip or logs/*.csv.")
            : null;
    }

    private static string? GuessName(string value)
    {
        if (value.Length > 200) return null;
        var letters = value.Trim().ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-');
        var guess = string.Concat(letters.Take(SpecLimits.NameChars)).Trim('-');
        return guess.Length > 0 ? $"Maybe {guess}." : null;
    }

    [GeneratedRegex(@"\A[a-z0-9-]{1,63}\z")]
    internal static partial Regex NameRegex();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,63}\z")]
    private static partial Regex NodeRegex();

    [GeneratedRegex(@"\A[a-z0-9*-]{1,63}\z")]
    private static partial Regex RegionPatternRegex();

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex LabelRegex();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,127}\z")]
    private static partial Regex EnvRegex();

    [GeneratedRegex(@"\A[1-9][0-9]?g\.[1-9][0-9]{0,3}gb(\+[a-z.]{1,8})?\z")]
    private static partial Regex MigRegex();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}\z")]
    private static partial Regex ImageRegex();

    [GeneratedRegex(@"\A>=[1-9][0-9]?(\.[0-9])?\z")]
    private static partial Regex CapabilityRegex();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_-]{0,62}\z")]
    private static partial Regex AxisRegex();
}
