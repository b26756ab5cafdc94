using System.Text.RegularExpressions;

namespace Lepton.Specs;

/// <summary>What an input may point to: a file of a region's machines, or an artifact by its SHA-256.</summary>
internal static partial class InputUris
{
    private const string FileScheme = "file://";
    private const string LocalHost = "localhost/";
    private const string ArtifactScheme = "artifact:";

    public static bool IsFile(string uri) => uri.StartsWith(FileScheme, StringComparison.Ordinal);

    public static readonly TextShape Shape = new("an uri", SpecLimits.ShortChars, Check) { Normalize = Resolve };

    private static TextProblem? Check(string uri, Scope scope)
    {
        if (IsFile(uri)) return CheckFile(PathOf(uri), scope);
        if (uri.StartsWith(ArtifactScheme, StringComparison.Ordinal))
        {
            return ShaRegex().IsMatch(uri[ArtifactScheme.Length..])
                ? null
                : new TextProblem("is not an artifact.", "Maybe artifact: and the 64 hex digits of its SHA-256.");
        }

        var scheme = SchemeRegex().Match(uri);
        return scheme.Success
            ? new TextProblem($"uses {Words.Shown(scheme.Groups[1].Value)}, which is not supported by this server.", "Maybe file:// or artifact:.")
            : new TextProblem("is not an uri.", $"Maybe file://{(uri.StartsWith('/') ? "" : "./")}{Words.Shown(uri)}.");
    }

    private static TextProblem? CheckFile(string given, Scope scope)
    {
        if (given.Length == 0) return new("names no file.", "Maybe file:///data/part.csv.");
        if (given[0] != '/' && given != "." && !given.StartsWith("./", StringComparison.Ordinal) && !given.StartsWith("../", StringComparison.Ordinal))
        {
            // What stands between // and the next / is a host in every other reader of file uris: nobody would fetch from it here.
            var slash = given.IndexOf('/', StringComparison.Ordinal);
            return new TextProblem(
                $"names the host {Words.Shown(slash < 0 ? given : given[..slash])}; a file lies on the machines of its region.",
                $"Maybe file://./{Words.Shown(given)} beside the spec file, or file:///{Words.Shown(given)}.");
        }

        if (given[0] != '/' && scope.Context.BaseFolder is null)
        {
            return new TextProblem(
                "is relative, and there is no spec file it could be relative to.", $"Maybe file:///{Words.Shown(given.TrimStart('.', '/'))}.");
        }

        // The folder of the spec file is checked as well: what is stored must be readable again without it.
        var path = Absolute(given, scope);
        if (path.Length + FileScheme.Length > SpecLimits.ShortChars)
            return new TextProblem($"is longer than {SpecLimits.ShortChars} characters.", "Maybe move the file up.");
        // What readers of uris treat specially would make two programs see two different files.
        if (path.AsSpan().IndexOfAny("%?#\\") is >= 0 and var at)
            return new TextProblem($"holds '{path[at]}', which a file uri cannot carry here.", "Maybe rename the file.");
        if (path.Split('/').Contains(".."))
            return new TextProblem("leads upwards with a .. segment.", "Maybe write the path out.");
        return path[^1] == '/' || path.EndsWith("/.", StringComparison.Ordinal)
            ? new TextProblem("names a folder.", "Maybe list its files.")
            : null;
    }

    /// <summary>What follows file://, the name of this machine aside.</summary>
    private static string PathOf(string uri) =>
        uri[(uri.AsSpan(FileScheme.Length).StartsWith(LocalHost, StringComparison.OrdinalIgnoreCase) ? FileScheme.Length + LocalHost.Length - 1 : FileScheme.Length)..];

    private static string Absolute(string path, Scope scope) => path[0] == '/' ? path : scope.Context.BaseFolder + "/" + path;

    /// <summary>Absolute path without empty and <c>.</c> segments; lower-case digits.</summary>
    private static string Resolve(string uri, Scope scope)
    {
        if (!IsFile(uri)) return uri.ToLowerInvariant();
        var segments = Absolute(PathOf(uri), scope).Split('/').Where(s => s is not ("" or "."));
        return $"{FileScheme}/{string.Join('/', segments)}";
    }

    [GeneratedRegex(@"\A[0-9a-fA-F]{64}\z")]
    private static partial Regex ShaRegex();

    [GeneratedRegex(@"\A([A-Za-z][A-Za-z0-9+.-]*:)")]
    private static partial Regex SchemeRegex();
}
