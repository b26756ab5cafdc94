namespace Lepton.Specs;

/// <summary>Between text and trees or documents: parsing, and the canonical YAML and JSON of a document.</summary>
public static class SpecText
{
    /// <summary>
    /// Text to a tree, for changes by <see cref="SpecOverrides"/>; null and the errors where it is not well-formed.
    /// </summary>
    public static SpecTree? Parse(string text, SpecFormat format, out System.Collections.Immutable.ImmutableArray<SpecError> errors)
    {
        var found = new ErrorList();
        var tree = Parse(text, format, found);
        errors = found.ToImmutable();
        return found.Any ? null : tree;
    }

    /// <summary>
    /// Canonical YAML: fields in the order of the documentation, canonical units. Reading it gives an equal document.
    /// </summary>
    public static string ToYaml(JobDocument document) => YamlWriter.Write(JobFields.Job.Write(document));

    /// <summary>Canonical JSON, what the CLI sends to the API. Reading it gives an equal document.</summary>
    public static string ToJson(JobDocument document) =>
        JsonWriter.Write(JobFields.Job.Write(document), indented: true);

    /// <summary>
    /// A tree, also where duplicate names and the like were found: what else is wrong is worth saying as well.
    /// </summary>
    internal static SpecTree? Parse(string text, SpecFormat format, ErrorList errors)
    {
        if (text.StartsWith('\ufeff')) text = text[1..];
        if (!TextChecks.Pass(text, errors)) return null;
        var json = format == SpecFormat.Json || (format == SpecFormat.Detect && text.AsSpan().TrimStart() is ['{' or '[', ..]);
        var root = json ? JsonTree.Parse(text, errors) : YamlTree.Parse(text, errors);
        return root is null ? null : new SpecTree(root);
    }
}
