namespace Lepton.Hosting;

/// <summary>Keys that begin with a prefix, as SQLite compares them: <c>From &lt;= key &lt; To</c>.</summary>
/// <param name="Kind">What stands before the first slash; null when the prefix does not reach that far.</param>
/// <param name="IsWholeKind">The prefix is <c>kind/</c>: all rows of that kind.</param>
internal readonly record struct KeyRange(string From, string To, string? Kind, bool IsWholeKind)
{
    public static KeyRange Of(string prefix)
    {
        var slash = prefix.IndexOf('/', StringComparison.Ordinal);
        return new KeyRange(prefix, prefix + "\U0010FFFF", slash < 0 ? null : prefix[..slash], slash == prefix.Length - 1 && slash >= 0);
    }

    public static string KindOf(string key) => key.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? key[..slash] : "";
}
