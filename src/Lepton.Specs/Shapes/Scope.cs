namespace Lepton.Specs;

/// <summary>Where a reader stands and what it may use.</summary>
/// <param name="Path">Way from the root, for messages.</param>
/// <param name="Relative">
/// Field names from the beginning of the place, without indexes and map entries: what capabilities are asked by.
/// </param>
internal sealed record Scope(
    ErrorList Errors, SpecContext Context, Capabilities Capabilities, SpecPlace Place, SpecPath Path, string Relative)
{
    public Scope Field(string name) =>
        this with { Path = Path.Field(name), Relative = Relative.Length == 0 ? name : $"{Relative}.{name}" };

    public Scope Entry(string name) => this with { Path = Path.Field(name) };

    public Scope Item(int index) => this with { Path = Path.Item(index) };

    public Scope In(SpecPlace place) => this with { Place = place, Relative = "" };

    public void Add(SpecMark mark, string message, string? hint = null)
    {
        if (!Errors.Full) Errors.Add(Path, mark, $"{Path}: {message}", hint);
    }

    /// <summary>Says that a value is not what its field takes. Returns false, for the reader to return.</summary>
    public bool Wrong(SpecNode node, string what, string? hint = null)
    {
        if (Errors.Full) return false;
        var field = Path.ToString() is { Length: > 0 } path ? path : "The spec";
        if (node.Kind == NodeKind.Null) Errors.Add(Path, node.Mark, $"{field} has no value.", field == "The spec" ? $"Maybe give {what}." : $"Maybe leave it out, or give {what}.");
        else if (node.Kind != NodeKind.Refused) Errors.Add(Path, node.Mark, $"{field}: {Words.Shown(node)} is not {what}.", hint);
        return false;
    }
}
