using System.Text;

namespace Lepton.Agent.Attempts;

/// <summary>Fills <c>${name}</c> in; <c>$${</c> is a plain <c>${</c>.</summary>
internal static class Placeholders
{
    /// <exception cref="PreparationException">Unknown name, or no closing brace.</exception>
    public static string Expand(string text, Func<string, string?> value)
    {
        var start = text.IndexOf("${", StringComparison.Ordinal);
        if (start < 0) return text;
        var result = new StringBuilder(text.Length + 64);
        var from = 0;
        for (; start >= 0; start = text.IndexOf("${", from, StringComparison.Ordinal))
        {
            if (start > from && text[start - 1] == '$')
            {
                result.Append(text, from, start - from).Append('{');      // the first of the two '$' stays
                from = start + 2;
                continue;
            }
            var end = text.IndexOf('}', start);
            if (end < 0) throw new PreparationException($"'{text}' opens a placeholder and does not close it. Maybe '$${{' was meant, which stands for a plain '${{'.");
            var name = text[(start + 2)..end];
            result.Append(text, from, start - from).Append(value(name)
                ?? throw new PreparationException($"'{text}' holds the unknown placeholder '${{{name}}}'. Known: input, index, checkpoint, grid.NAME and outputs.GROUP of this task."));
            from = end + 1;
        }
        return result.Append(text, from, text.Length - from).ToString();
    }
}
