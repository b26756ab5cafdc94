using System.Globalization;
using System.Text;

namespace Lepton.Specs;

/// <summary>
/// Way from the root to a value, written <c>tasks[1].run.command[0]</c>. A linked list: deep reads share their
/// beginnings.
/// </summary>
internal sealed class SpecPath
{
    public static readonly SpecPath Root = new(null, null, 0);

    private const int LongestShown = 12;
    private const int ShownAtFront = 4;
    private const int ShownAtEnd = 2;

    private readonly SpecPath? parent;

    private SpecPath(SpecPath? parent, string? name, int index)
    {
        this.parent = parent;
        Name = name;
        Index = index;
    }

    /// <summary>Field name, or null where the step is an index.</summary>
    public string? Name { get; }

    public int Index { get; }

    public SpecPath Field(string name) => new(this, name, 0);

    public SpecPath Item(int index) => new(this, null, index);

    public IReadOnlyList<SpecPath> Segments()
    {
        var segments = new List<SpecPath>();
        for (var at = this; at.parent is not null; at = at.parent) segments.Add(at);
        segments.Reverse();
        return segments;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        var segments = Segments();
        for (var i = 0; i < segments.Count; i++)
        {
            // Deep paths are of nobody's making but a program's: beginning and end say where it is.
            if (segments.Count > LongestShown && i == ShownAtFront)
            {
                text.Append("...");
                i = segments.Count - ShownAtEnd;
            }

            var segment = segments[i];
            if (segment.Name is null) text.Append(CultureInfo.InvariantCulture, $"[{segment.Index}]");
            else text.Append(text.Length > 0 ? "." : "").Append(Words.Shown(segment.Name));
        }

        return text.ToString();
    }
}
