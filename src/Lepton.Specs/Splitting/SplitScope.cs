namespace Lepton.Specs;

/// <summary>
/// Where checks across fields report: by path, at the place the text has for it. Nothing is said twice about one field.
/// </summary>
internal sealed class SplitScope(ErrorList errors, SpecTree tree)
{
    public bool AnyErrors => errors.Any;

    /// <summary>
    /// No more errors are kept: hints need not be worked out, which bounds what a hostile text can cost.
    /// </summary>
    public bool Full => errors.Full;

    /// <summary>True where the text has a value at exactly this path.</summary>
    public bool Holds(SpecPath path) => tree.Holds(path);

    /// <summary>The name that was probably meant.</summary>
    public string? Nearest(string asked, IEnumerable<string> candidates) => Specs.Nearest.Of(asked, candidates, errors);

    public void Add(SpecPath path, string message, string? hint = null)
    {
        if (!errors.Full && !errors.Touches(path)) AddAlso(path, message, hint);
    }

    /// <summary>For checks that may find several things at one place.</summary>
    public void AddAlso(SpecPath path, string message, string? hint = null)
    {
        if (errors.Full) return;
        var field = path.ToString();
        errors.Add(path, tree.MarkOf(path), field.Length == 0 ? message : $"{field}: {message}", hint);
    }
}
