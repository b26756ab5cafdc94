namespace Lepton.Specs;

/// <summary>What a task executes: a handler or a command.</summary>
public sealed record RunDocument
{
    public string? Handler { get; init; }

    /// <summary>Arguments of the handler, any shape, as canonical JSON.</summary>
    public string? Args { get; init; }

    /// <summary>Program and arguments; never passed through a shell.</summary>
    public ValueList<string>? Command { get; init; }

    public string? Image { get; init; }

    public string? Workdir { get; init; }

    /// <summary>Sorted by name.</summary>
    public ValueList<Named<string>>? Env { get; init; }

    /// <summary>Environment variable → name of a secret, sorted by name.</summary>
    public ValueList<Named<string>>? Secrets { get; init; }
}
