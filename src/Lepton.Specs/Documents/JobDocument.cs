namespace Lepton.Specs;

/// <summary>What a spec describes.</summary>
public enum SpecKind
{
    /// <summary>One task.</summary>
    Task,

    /// <summary>Several equal tasks.</summary>
    TaskArray,

    /// <summary>Tasks that start together or not at all.</summary>
    Gang,

    /// <summary>Several different tasks.</summary>
    Job,
}

/// <summary>How durable an accepted job is before it is acknowledged.</summary>
public enum Durability
{
    Region,
    Buddy,
}

/// <summary>
/// A job spec as its author wrote it, typed: absent fields are null, nothing is filled in. The fields of one task stand at the top level for
/// kind Task and TaskArray; for kind Job they are what the tasks inherit.
/// </summary>
public sealed record JobDocument : WorkDocument
{
    public string ApiVersion { get; init; } = "";

    public SpecKind Kind { get; init; }

    public string Name { get; init; } = "";

    public string? Queue { get; init; }

    /// <summary>0 to 100, higher first.</summary>
    public int? Priority { get; init; }

    public Durability? Durability { get; init; }

    public ArrayDocument? Array { get; init; }

    /// <summary>Lists of inputs by name, in the given order.</summary>
    public ValueList<Named<ValueList<InputDocument>>>? Inputs { get; init; }

    public ValueList<TaskDocument>? Tasks { get; init; }
}

/// <summary>How many tasks an array has.</summary>
public sealed record ArrayDocument
{
    public int Count { get; init; }
}

/// <summary>One input: a file or an artifact, and where it lies.</summary>
public sealed record InputDocument
{
    /// <summary>
    /// <c>file:///absolute/path</c> or <c>artifact:</c> + SHA-256; relative files are resolved already.
    /// </summary>
    public string Uri { get; init; } = "";

    public string? Region { get; init; }

    public long? SizeBytes { get; init; }
}
