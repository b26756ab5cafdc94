namespace Lepton.Specs;

/// <summary>One <c>${name}</c> in a text; not closed where the brace is missing.</summary>
internal readonly record struct Placeholder(string Name, bool Closed);

/// <summary>
/// Finds placeholders. Read from left to right: <c>$${</c> stands for the text <c>${</c>, a lone <c>$</c> for itself.
/// </summary>
internal static class Placeholders
{
    public static IEnumerable<Placeholder> In(string text)
    {
        for (var at = text.IndexOf('$', StringComparison.Ordinal); at >= 0; at = at < text.Length ? text.IndexOf('$', at) : -1)
        {
            if (text.AsSpan(at).StartsWith("$${")) at += 3;
            else if (!text.AsSpan(at).StartsWith("${")) at++;
            else
            {
                var end = text.IndexOf('}', at);
                yield return end < 0 ? new(text[(at + 2)..], Closed: false) : new(text[(at + 2)..end], Closed: true);
                if (end < 0) yield break;
                at = end + 1;
            }
        }
    }
}
