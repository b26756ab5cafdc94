using System.Globalization;
using System.Text;

namespace Lepton.Specs;

/// <summary>
/// How values of a stranger's text are shown in messages: short, on one line, without control characters.
/// </summary>
internal static class Words
{
    private const int ShownChars = 48;
    private const int LineChars = 240;

    /// <summary>A name or number without quotes.</summary>
    public static string Shown(string text)
    {
        var shown = new StringBuilder();
        foreach (var c in text)
        {
            if (shown.Length >= ShownChars) return shown.Append("...").ToString();
            if (NeedsEscape(c)) shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else shown.Append(c);
        }

        return shown.ToString();
    }

    /// <summary>A value as it stood: text in quotes, everything else bare.</summary>
    public static string Shown(SpecNode node) => node.Kind switch
    {
        NodeKind.Text => $"\"{Shown(node.Text)}\"",
        NodeKind.Number or NodeKind.Boolean => Shown(node.Text),
        NodeKind.Null => "nothing",
        NodeKind.List => "a list",
        _ => "a map",
    };

    /// <summary>A message of a parser on one line, cut to a bearable length.</summary>
    public static string Line(string message)
    {
        var clean = string.Concat(message.Take(LineChars).Select(c => NeedsEscape(c) ? ' ' : c));
        return message.Length > LineChars ? clean + "..." : clean;
    }

    public static string Count(long n, string one) =>
        string.Create(CultureInfo.InvariantCulture, $"{n:N0} {one}{(n == 1 ? "" : "s")}");

    public static string Number(long n) => n.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>
    /// True for what would break a line or hide text: controls, surrogates cut by the limit, bidirectional overrides.
    /// </summary>
    private static bool NeedsEscape(char c) =>
        char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\ufeff' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
