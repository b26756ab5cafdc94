using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Specs;

/// <summary>
/// Job spec text in, accepted <see cref="JobSpec"/> or every error in it out. Safe on hostile text: nothing in it is
/// trusted.
/// </summary>
/// <remarks>
/// Input: YAML or JSON up to <see cref="SpecLimits.TextBytes"/>. Output: a spec split into task groups, or errors with places.
/// Cost: linear in the text and in the inputs and combinations of the split. Throws on no text whatsoever.
/// </remarks>
public static class SpecReader
{
    /// <summary>
    /// Reads UTF-8 bytes as they came over the wire; anything that is not UTF-8 is an error with its place.
    /// </summary>
    public static SpecResult Read(ReadOnlySpan<byte> utf8, SpecFormat format, SpecContext context)
    {
        var errors = new ErrorList();
        return TextChecks.Decode(utf8, errors) is { } text ? Read(text, format, context) : SpecResult.Refused(errors);
    }

    public static SpecResult Read(string text, SpecFormat format, SpecContext context)
    {
        var errors = new ErrorList();
        return SpecText.Parse(text, format, errors) is { } tree
            ? Read(tree, context, errors)
            : SpecResult.Refused(errors);
    }

    /// <summary>Reads a tree that was parsed, and maybe changed, before.</summary>
    public static SpecResult Read(SpecTree tree, SpecContext context) => Read(tree, context, new ErrorList());

    /// <summary>As the others, with a list of errors that also tells what was spent.</summary>
    internal static SpecResult ReadCounted(SpecTree tree, SpecContext context, ErrorList errors) => Read(tree, context, errors);

    private static SpecResult Read(SpecTree tree, SpecContext context, ErrorList errors)
    {
        tree = SpecOverrides.Apply(tree, context.Overrides, errors);
        var document = ReadDocument(tree, context, Capabilities.Server, errors);
        // Where an item of a list is missing, or the size of the job is unknown, what spans several fields would be judged wrongly.
        if (document is null || errors.Broken) return SpecResult.Refused(errors);
        var split = new SplitScope(errors, tree);
        var groups = new Splitter(document, split).Split();
        var residency = ResidencyOf.Job(document, context);
        if (residency is not null) ResidencyOf.Check(document, residency, context, groups, split);
        return errors.Any ? SpecResult.Refused(errors) : new SpecResult(SpecOf(document, groups, residency), document, []);
    }

    /// <summary>The document, as far as it could be read; whether it is right is said by the errors.</summary>
    internal static JobDocument? ReadDocument(SpecTree tree, SpecContext context, Capabilities capabilities, ErrorList errors)
    {
        var scope = new Scope(errors, context, capabilities, PlaceOf(tree.Root), SpecPath.Root, "");
        return JobFields.Job.TryRead(tree.Root, scope, out var document) ? document : null;
    }

    /// <summary>
    /// The kind says which fields may stand where; without one, the fields say what was probably meant.
    /// </summary>
    private static SpecPlace PlaceOf(SpecNode root) => root.Find("kind")?.Value.Text.ToUpperInvariant() switch
    {
        "TASK" => SpecPlace.Task,
        "TASKARRAY" => SpecPlace.TaskArray,
        "GANG" => SpecPlace.Gang,
        "JOB" => SpecPlace.Job,
        _ => root.Find("tasks") is not null ? SpecPlace.Job
            : root.Find("array") is not null ? SpecPlace.TaskArray
            : root.Find("gang") is not null ? SpecPlace.Gang
            : SpecPlace.Task,
    };

    private static JobSpec SpecOf(JobDocument document, ImmutableArray<TaskGroup> groups, Residency? residency)
    {
        var spec = new JobSpec
        {
            Kind = document.Kind.ToString(),
            Name = document.Name,
            Labels = Templates.MapOf(document.Labels),
            Groups = residency is null ? groups : [.. groups.Select(g => g with { Template = g.Template with { Residency = residency } })],
            Residency = residency,
            Source = SpecText.ToYaml(document),
        };
        return spec with { Queue = document.Queue ?? spec.Queue, Priority = document.Priority ?? spec.Priority };
    }
}
