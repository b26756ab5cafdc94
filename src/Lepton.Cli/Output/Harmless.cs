using System.Globalization;
using System.Text;

namespace Lepton.Cli.Output;

/// <summary>Text of others as a terminal may get it: what would steer it, or turn the direction of the line, is shown by its code.</summary>
internal static class Harmless
{
    public static string Text(string text) => text.Any(Steers) ? Escaped(text) : text;

    private static string Escaped(string text)
    {
        var shown = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (Steers(c)) shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else shown.Append(c);
        }

        return shown.ToString();
    }

    private static bool Steers(char c) =>
        (char.IsControl(c) && c is not ('\n' or '\r' or '\t')) || c is '\u200e' or '\u200f' or '\u061c' or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
