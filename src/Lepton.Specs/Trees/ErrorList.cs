using System.Collections.Immutable;

namespace Lepton.Specs;

/// <summary>Collects errors, each once, up to <see cref="SpecLimits.Errors"/>.</summary>
internal sealed class ErrorList
{
    private readonly List<SpecError> found = [];
    private readonly HashSet<(string, string)> seen = [];

    public bool Any => found.Count > 0;

    /// <summary>Nothing more is kept: costly hints need not be worked out.</summary>
    public bool Full => found.Count >= SpecLimits.Errors;

    /// <summary>
    /// An item of a list could not be read at all, so indexes of what was read differ from those in the text.
    /// </summary>
    public bool Broken { get; set; }

    public void Add(SpecPath path, SpecMark mark, string message, string? hint = null)
    {
        if (Full) return;
        var where = path.ToString();
        if (!seen.Add((where, message))) return;
        found.Add(new SpecError(where, mark.Line, mark.Column, message, hint) { Override = mark.Override });
    }

    /// <summary>True where something at the path, below it or on the way to it is wrong already.</summary>
    public bool Touches(SpecPath path)
    {
        var asked = path.ToString();
        return found.Exists(e => IsWithin(e.Path, asked) || IsWithin(asked, e.Path));
    }

    /// <summary>In the order of the text, what came from overrides last.</summary>
    public ImmutableArray<SpecError> ToImmutable()
    {
        var ordered = found.OrderBy(e => e.Override is not null).ThenBy(e => e.Line).ThenBy(e => e.Column).ToImmutableArray();
        return Full
            ? ordered.Add(new SpecError("", 0, 0, $"These are the first {SpecLimits.Errors} errors; there may be more.", "Maybe correct these first."))
            : ordered;
    }

    private static bool IsWithin(string inner, string outer) =>
        inner.Length > 0 && outer.Length > 0 && inner.StartsWith(outer, StringComparison.Ordinal)
        && (inner.Length == outer.Length || inner[outer.Length] is '.' or '[');
}
