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
        var ascii = text.AsSpan(0, Math.Min(text.Length, ShownChars)).IndexOfAnyInRange('A', 'z') >= 0;
        foreach (var c in text)
        {
            if (shown.Length >= ShownChars) return shown.Append("...").ToString();
            if (NeedsEscape(c) || (ascii && LooksAlike(c))) shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
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
    /// True for letters of scripts whose letters look like those of ASCII (Greek, Cyrillic, full-width forms): among ASCII letters they are shown by
    /// their code, or "run: did you mean run?" would puzzle everybody.
    /// </summary>
    private static bool LooksAlike(char c) => c is (>= '\u0370' and <= '\u052f') or (>= '\uff01' and <= '\uff5e');

    /// <summary>
    /// True for what would break a line or hide text: controls, surrogates cut by the limit, bidirectional overrides.
    /// </summary>
    private static bool NeedsEscape(char c) =>
        char.IsControl(c) || char.IsSurrogate(c) || TextChecks.IsHidden(c);
}
