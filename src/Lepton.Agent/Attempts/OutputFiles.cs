using System.Text;
using System.Text.RegularExpressions;

namespace Lepton.Agent.Attempts;

/// <summary>
/// Which files of the output folder are kept: names and globs (<c>*</c>, <c>?</c> within a name, <c>**</c> across folders); a folder
/// means everything in it.
/// </summary>
internal static class OutputFiles
{
    /// <summary>More files than this travel badly in one report.</summary>
    public const int FilesAtMost = 256;

    /// <summary>Files by their path below the folder, in order, or what is wrong.</summary>
    public static (IReadOnlyList<string> Names, string? Problem) Find(string folder, IReadOnlyList<string> patterns)
    {
        var present = Regular(folder);
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var pattern in patterns)
        {
            var clean = pattern.Trim('/');
            var glob = new Regex(Translate(clean), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            var matched = present.Where(n => glob.IsMatch(n) || n.StartsWith(clean + "/", StringComparison.Ordinal)).ToList();
            names.UnionWith(matched);
            if (matched.Count == 0) return ([], $"declared output '{pattern}' was not written; out/ holds: {Listing(present)}");
        }
        return names.Count <= FilesAtMost
            ? ([.. names], null)
            : ([], $"{names.Count} files match the declared outputs, at most {FilesAtMost} are kept. Maybe pack them into one archive.");
    }

    /// <summary>Regular files only: a link could lead anywhere.</summary>
    private static List<string> Regular(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Device };
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*", options).Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal)]
            : [];
    }

    private static string Translate(string glob)
    {
        var regex = new StringBuilder("^");
        for (var i = 0; i < glob.Length; i++)
        {
            if (glob[i] == '*' && i + 1 < glob.Length && glob[i + 1] == '*')
            {
                var slash = i + 2 < glob.Length && glob[i + 2] == '/';
                regex.Append(slash ? "(.*/)?" : ".*");
                i += slash ? 2 : 1;
            }
            else
            {
                regex.Append(glob[i] switch { '*' => "[^/]*", '?' => "[^/]", var c => Regex.Escape(c.ToString()) });
            }
        }
        return regex.Append('$').ToString();
    }

    private static string Listing(List<string> present) =>
        present.Count == 0 ? "nothing" : string.Join(", ", present.Take(10)) + (present.Count > 10 ? $" and {present.Count - 10} more" : "");
}
