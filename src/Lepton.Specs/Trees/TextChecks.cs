using System.Globalization;
using System.Text;

namespace Lepton.Specs;

/// <summary>
/// What is asked of a text before it is parsed at all: its size, its encoding, no control characters.
/// </summary>
internal static class TextChecks
{
    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of UTF-8 bytes, or null and an error.</summary>
    public static string? Decode(ReadOnlySpan<byte> utf8, ErrorList errors)
    {
        if (utf8.Length > SpecLimits.TextBytes)
        {
            TooLong(utf8.Length, errors);
            return null;
        }

        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            var mark = MarkOfByte(utf8, Math.Max(0, e.Index));
            errors.Add(SpecPath.Root, mark, "The text is not UTF-8.", "Maybe save it as UTF-8.");
            return null;
        }
    }

    /// <summary>Adds an error and returns false where the text must not reach a parser.</summary>
    public static bool Pass(string text, ErrorList errors)
    {
        // Fewer characters than bytes always: the cheap comparison comes first.
        var bytes = text.Length > SpecLimits.TextBytes ? text.Length : Encoding.UTF8.GetByteCount(text);
        if (bytes > SpecLimits.TextBytes)
        {
            TooLong(bytes, errors);
            return false;
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            errors.Add(SpecPath.Root, default, "The text is empty.", "Maybe begin with apiVersion: lepton.dev/v1.");
            return false;
        }

        int line = 1, column = 1;
        for (var i = 0; i < text.Length; i++, column++)
        {
            var c = text[i];
            if (c == '\n') (line, column) = (line + 1, 0);
            else if (char.IsControl(c) && c is not ('\t' or '\r'))
            {
                errors.Add(SpecPath.Root, new(line, column), $"The text holds the control character {CodeOf(c)}.",
                    "Maybe remove it.");
                return false;
            }
            else if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(c))
            {
                errors.Add(SpecPath.Root, new(line, column), $"The text is not Unicode: {CodeOf(c)} is half a character.",
                    "Maybe save it as UTF-8.");
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// What is wrong with a string after its escapes were undone, or null. Line breaks and tabs are asked for by the
    /// caller.
    /// </summary>
    public static string? ProblemOf(string value, bool multiline)
    {
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsControl(c) && !(multiline && c is ('\n' or '\t')))
                return $"holds the control character {CodeOf(c)}";
            // In arguments and variables a program may need them; in what people read they only deceive.
            if (!multiline && IsHidden(c)) return $"holds the invisible character {CodeOf(c)}";
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1])) i++;
            else if (char.IsSurrogate(c)) return $"holds {CodeOf(c)}, half a character";
        }

        return null;
    }

    /// <summary>
    /// True for what is not seen but changes how the text around it is: direction overrides, zero-width marks, line breaks of Unicode. The joiners
    /// that scripts and emoji need are none.
    /// </summary>
    public static bool IsHidden(char c) =>
        c is '\u200b' or '\u200e' or '\u200f' or '\u061c' or '\ufeff' or (>= '\u2028' and <= '\u202e') or (>= '\u2060' and <= '\u206f') or (>= '\ufff9' and <= '\ufffb');

    private static string CodeOf(char c) => string.Create(CultureInfo.InvariantCulture, $"U+{(int)c:X4}");

    private static void TooLong(long bytes, ErrorList errors) => errors.Add(
        SpecPath.Root,
        default,
        $"The text is {Words.Number(bytes)} bytes or more; the limit is {Words.Number(SpecLimits.TextBytes)}.",
        "Maybe use split and grid instead of many written-out tasks.");

    private static SpecMark MarkOfByte(ReadOnlySpan<byte> utf8, int offset)
    {
        var before = utf8[..Math.Min(offset, utf8.Length)];
        var start = before.LastIndexOf((byte)'\n') + 1;
        return new(before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[start..]) + 1);
    }
}
