using System.Collections.Immutable;

namespace Lepton.Specs;

/// <summary>Collects errors, each once, up to <see cref="SpecLimits.Errors"/>.</summary>
internal sealed class ErrorList
{
    private readonly List<SpecError> found = [];
    private readonly HashSet<(string, string)> seen = [];

    private int asked;
    private int hintSteps;

    public bool Any => found.Count > 0;

    /// <summary>Nothing more is kept: costly hints need not be worked out.</summary>
    public bool Full => found.Count >= SpecLimits.Errors || asked >= SpecLimits.ErrorsFound;

    /// <summary>What was spent on hints so far.</summary>
    public int HintSteps => hintSteps;

    /// <summary>
    /// An item of a list could not be read at all, so indexes of what was read differ from those in the text.
    /// </summary>
    public bool Broken { get; set; }

    public void Add(SpecPath path, SpecMark mark, string message, string? hint = null)
    {
        if (Full) return;
        asked++;
        var where = path.ToString();
        if (!seen.Add((where, message))) return;
        found.Add(new SpecError(where, mark.Line, mark.Column, message, hint) { Override = mark.Override });
    }

    /// <summary>
    /// True while hints may cost so many steps more: a text full of names that are nearly right must not cost more than its length.
    /// </summary>
    public bool Affords(int steps)
    {
        if (Full || hintSteps + steps > SpecLimits.HintSteps) return false;
        hintSteps += steps;
        return true;
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
            ? ordered.Add(new SpecError("", 0, 0, found.Count == 1 ? "This is the first error; there may be more." : $"These are the first {found.Count} errors; there may be more.", "Maybe correct these first."))
            : ordered;
    }

    private static bool IsWithin(string inner, string outer) =>
        inner.Length > 0 && outer.Length > 0 && inner.StartsWith(outer, StringComparison.Ordinal)
        && (inner.Length == outer.Length || inner[outer.Length] is '.' or '[');
}
