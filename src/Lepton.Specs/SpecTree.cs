namespace Lepton.Specs;

/// <summary>
/// A spec text as values with their places, before any field is understood: what <c>--set</c> changes.
/// </summary>
public sealed class SpecTree
{
    internal SpecTree(SpecNode root) => Root = root;

    internal SpecNode Root { get; }

    /// <summary>Place of the value at a path, or of the deepest value on the way to it.</summary>
    internal SpecMark MarkOf(SpecPath path) => Deepest(path, out _).Mark;

    /// <summary>True where the text has a value at exactly this path.</summary>
    internal bool Holds(SpecPath path)
    {
        Deepest(path, out var whole);
        return whole;
    }

    private SpecNode Deepest(SpecPath path, out bool whole)
    {
        var node = Root;
        foreach (var segment in path.Segments())
        {
            var next = segment.Name is null
                ? segment.Index < node.Items.Length ? node.Items[segment.Index] : null
                : node.Find(segment.Name)?.Value;
            if (next is null)
            {
                whole = false;
                return node;
            }

            node = next;
        }

        whole = true;
        return node;
    }
}
