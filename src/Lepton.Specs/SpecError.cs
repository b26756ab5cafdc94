using System.Globalization;

namespace Lepton.Specs;

/// <summary>One thing that is wrong with a spec: what, where, and what to do about it.</summary>
/// <param name="Path">Field, as <c>tasks[1].run.command[0]</c>; empty for the text as a whole.</param>
/// <param name="Line">From 1; 0 where the value came from an override or there is no place.</param>
/// <param name="Column">From 1, in characters; 0 as <paramref name="Line"/>.</param>
/// <param name="Message">One sentence with the value.</param>
/// <param name="Hint">One sentence that begins with "Maybe", or null.</param>
public sealed record SpecError(string Path, int Line, int Column, string Message, string? Hint = null)
{
    /// <summary>The override (<c>resources.cpus=2</c>) the value came from; null for the text.</summary>
    public string? Override { get; init; }

    /// <summary>As a person reads it: <c>acceleraters: did you mean accelerators? line 9:3</c>.</summary>
    public override string ToString()
    {
        var place = Override is not null ? $" in --set {Override}"
            : Line > 0 ? string.Create(CultureInfo.InvariantCulture, $" line {Line}:{Column}")
            : "";
        return Hint is null ? Message + place : $"{Message} {Hint}{place}";
    }
}
